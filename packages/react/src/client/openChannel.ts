/** Opens a BroadcastChannel and returns it; `undefined` where the browser has none or forbids it, which costs only time. */
export function openChannel(name: string, receive: (message: unknown) => void): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(name)
    channel.onmessage = (event) => receive(event.data)
    return channel
  } catch {
    return undefined
  }
}
