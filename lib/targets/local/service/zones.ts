/** Where no template says in which Availability Zones tasks are: losing one takes as many as it can without taking all. */
const UNKNOWN = ['zone 1', 'zone 2'];

/** Spreads the tasks of a service over Availability Zones, as ECS does: a task starts where its release has the fewest, then where all have. */
export class Zones {
  private readonly places: { readonly zone: string; readonly release: string }[] = [];

  /**
   * Chooses the zone of a task that starts.
   *
   * @param zones - those of the service
   * @returns the zone, and what to call when the task has ended
   */
  take(release: string, zones: readonly string[] = UNKNOWN): readonly [zone: string, leave: () => void] {
    const crowds = zones.map((zone) => {
      const there = this.places.filter((it) => it.zone === zone);
      return { zone, own: there.filter((it) => it.release === release).length, all: there.length };
    });
    const { zone } = crowds.toSorted((one, other) => one.own - other.own || one.all - other.all)[0]!;
    const place = { zone, release };
    this.places.push(place);
    return [
      zone,
      () => {
        const at = this.places.indexOf(place);
        if (at >= 0) this.places.splice(at, 1);
      },
    ];
  }
}
