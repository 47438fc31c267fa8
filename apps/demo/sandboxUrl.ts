/** Where the sandbox listens that stands in for LiveChat. */
export const sandboxUrl = process.env.DEMO_SANDBOX_URL ?? 'http://127.0.0.1:4010'
