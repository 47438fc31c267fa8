/** Work that is done once for all who ask for it while it is under way. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>()

  run(name: string, work: () => Promise<T>): Promise<T> {
    const flight = this.#flights.get(name)
    if (flight) return flight
    const started = work().finally(() => this.#flights.delete(name))
    this.#flights.set(name, started)
    return started
  }
}
