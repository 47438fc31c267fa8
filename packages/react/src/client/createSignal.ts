/** Something that is told to whoever listens at that moment. */
export interface Signal<T> {
  /** Returns a function that ends it. */
  add(this: void, listener: (value: T) => void): () => void
  tell(value: T): void
}

export function createSignal<T>(): Signal<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell: (value) => listeners.forEach((listener) => listener(value)),
  }
}
