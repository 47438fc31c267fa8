/**
 * The body of an answer, which breaks off where it has more bytes than that, as they are after inflation.
 *
 * @param fail - makes the error of whoever reads it; `undefined` stands for too many bytes, else it is why no more came
 */
export function capBody({ body }: Response, maxBytes: number, fail: (cause?: unknown) => Error): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (!body) return null
  const reader = body.getReader()
  let size = 0
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        size += value.byteLength
        if (size <= maxBytes) return controller.enqueue(value)
      } catch (cause) {
        return controller.error(fail(cause))
      }
      controller.error(fail())
      await reader.cancel()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
