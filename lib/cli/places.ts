import { Option } from 'commander';
import { REHEARSALS } from '../evidence/files';
import { readPlaces, type Found } from '../history/sources';

/** The flag `--from` of the commands that look back. */
export const fromOption = (): Option =>
  new Option(
    '--from <place>',
    `a folder, a zip file or s3://bucket/prefix with evidence; may be given again (default: "${REHEARSALS}")`,
  ).argParser((place: string, before: readonly string[] | undefined) => [...(before ?? []), place]);

/** What the flag holds. */
export interface PlaceFlags {
  readonly from?: readonly string[];
}

/** Reads the places that were named, or the rehearsals of this folder. */
export const readFrom = ({ from }: PlaceFlags): Promise<Found> =>
  from === undefined ? readPlaces([REHEARSALS], false) : readPlaces(from, true);
