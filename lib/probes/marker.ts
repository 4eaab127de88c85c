/** The table that the marker of a check of replica lag is in, while the check runs. */
export const MARKER_TABLE = 'twin_probe_marker';
