import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { selfSignedCertificate } from '../test/selfSignedCertificate.ts'
import { createOutbound, wasNotSent, type Lookup, type Outbound, type OutboundOptions } from './outboundFetch.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(endings.splice(0).map((end) => end()))
})

function outbound(options: Partial<OutboundOptions> = {}): Outbound {
  const made = createOutbound({ allowInsecureLoopback: true, timeoutMs: 5_000, ...options })
  // A test may have closed it.
  endings.push(() => made.close().catch(() => undefined))
  return made
}

async function listen(server: Server, close: () => void): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(async () => {
    const closed = once(server, 'close')
    server.close()
    close()
    await closed
  })
  return (server.address() as AddressInfo).port
}

/** A local server. @returns its URL */
async function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener)
  return `http://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`
}

/** A local server that speaks bytes. @returns its port */
async function serveBytes(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  return listen(server, () => sockets.forEach((socket) => socket.destroy()))
}

const answering =
  (...addresses: string[]): Lookup =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const failing =
  (code: string): Lookup =>
  (_, __, callback) =>
    callback(Object.assign(new Error(code), { code }), [])
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => Promise.reject(new Error('It was answered.')),
    (error: unknown) => error,
  )

describe('which URLs it calls', () => {
  // SS-9, TK-17
  it.each([
    'http://provider.example/token',
    'http://192.168.0.1/',
    'ftp://provider.example/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/',
    'ws://provider.example/',
    'data:,x',
  ])('refuses %s before any look-up, since it is not https', async (url) => {
    const lookup = vi.fn<Lookup>()
    const error = await failureOf(outbound({ lookup }).fetch(url))
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^Authpipe calls https URLs only, not /) as unknown })
    expect(wasNotSent(error)).toBe(true)
    expect(lookup).not.toHaveBeenCalled()
  })

  // SS-12: what decides is the option; no environment variable does.
  it.each(['development', 'test', 'production'])('refuses http to this machine without allowInsecureLoopback, in %s too', async (environment) => {
    vi.stubEnv('NODE_ENV', environment)
    const url = await serve((_, response) => response.end())
    expect(await failureOf(outbound({ allowInsecureLoopback: false }).fetch(url))).toMatchObject({
      code: 'invalid_request',
      message: `Authpipe calls https URLs only, not ${url}. A local server needs allowInsecureLoopback: true.`,
    })
  })

  // SS-3, SS-4: literal addresses in every spelling that a URL canonicalises.
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
  ])('dials nothing for https://%s', async (host) => {
    const lookup = vi.fn<Lookup>()
    const error = await failureOf(outbound({ allowInsecureLoopback: false, lookup }).fetch(`https://${host}/`))
    expect(error).toMatchObject({
      code: 'provider_unreachable',
      message: `${new URL(`https://${host}/`).host} does not lead to a public address, so Authpipe does not call it.`,
    })
    expect(wasNotSent(error)).toBe(true)
    expect(lookup).not.toHaveBeenCalled()
  })

  it('allows this machine and still no private network with allowInsecureLoopback', async () => {
    const error = await failureOf(outbound().fetch('https://10.0.0.1/'))
    expect(error).toMatchObject({
      code: 'provider_unreachable',
      message: '10.0.0.1 does not lead to a public address, so Authpipe does not call it.',
    })
  })

  it('refuses a URL that holds a password', async () => {
    const error = await failureOf(outbound().fetch('https://user:CANARY@provider.example/'))
    expect(error).toMatchObject({ code: 'invalid_request', message: 'A provider URL cannot hold a user name or password.' })
    expect(inspect(error, { depth: Infinity })).not.toContain('CANARY')
  })
})

describe('how it gets there', () => {
  // SS-10
  it('is nothing that a request can say', async () => {
    const seen: string[] = []
    const url = await serve((request, response) => {
      seen.push(request.url ?? '')
      response.end('here')
    })
    const elsewhere = { dispatch: () => seen.push('elsewhere') }
    const request = {
      method: 'GET', dispatcher: elsewhere, agent: elsewhere, socketPath: '/var/run/docker.sock', proxy: 'http://127.0.0.1:1', lookup: () => seen.push('looked up'),
      path: '/other', origin: 'http://127.0.0.1:1', maxRedirections: 5, redirect: 'follow',
    }
    expect(await (await outbound().fetch(`${url}/there`, request)).text()).toBe('here')
    expect(seen).toEqual(['/there'])
  })
})

describe('which addresses it dials', () => {
  const refused = (host: string): unknown => ({
    code: 'provider_unreachable',
    message: `${host} does not lead to a public address, so Authpipe does not call it.`,
  })

  // SS-5, SS-7
  it.each([
    ['this machine', ['127.0.0.1']],
    ['this machine by IPv6', ['::1']],
    ['the metadata service', ['169.254.169.254']],
    ['a private network', ['10.1.2.3']],
    ['a public and a private address', ['93.184.216.34', '10.1.2.3']],
    ['a public and a loopback address', ['93.184.216.34', '::1']],
    ['nowhere', []],
  ])('refuses a name that leads to %s', async (_, addresses) => {
    const error = await failureOf(outbound({ allowInsecureLoopback: false, lookup: answering(...addresses) }).fetch('https://provider.example/'))
    expect(error).toMatchObject(refused('provider.example') as object)
    expect(wasNotSent(error)).toBe(true)
  })

  // SS-11
  it('says the same of an open port and of a closed one', async () => {
    const port = await serveBytes(() => undefined)
    const { fetch } = outbound({ allowInsecureLoopback: false, lookup: answering('127.0.0.1') })
    const [open, closed] = [await failureOf(fetch(`https://provider.example:${port}/`)), await failureOf(fetch('https://provider.example:1/'))]
    expect(open).toMatchObject(refused('provider.example') as object)
    expect(closed).toMatchObject(refused('provider.example') as object)
  })

  // SS-6
  it('dials the address that was checked, without asking a second time', async () => {
    let connections = 0
    const port = await serveBytes((socket) => {
      connections += 1
      socket.destroy()
    })
    const lookup = vi.fn(answering('169.254.169.254')).mockImplementationOnce(answering('127.0.0.1'))
    const { fetch } = outbound({ lookup })

    await failureOf(fetch(`https://rebinding.example:${port}/`))
    expect(connections).toBe(1)
    expect(lookup).toHaveBeenCalledTimes(1)

    expect(await failureOf(fetch(`https://rebinding.example:${port}/`))).toMatchObject(refused('rebinding.example') as object)
    expect(connections).toBe(1)
  })

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('knows that nothing was sent when a name has no address: %s', async (code) => {
    const error = await failureOf(outbound({ lookup: failing(code) }).fetch('https://provider.example/'))
    expect(error).toMatchObject({ code: 'provider_unreachable', message: 'provider.example could not be reached.', retryable: true })
    expect(wasNotSent(error)).toBe(true)
  })

  // SS-15
  it('takes no proxy from the environment', async () => {
    const proxied = vi.fn()
    const proxy = await serve((request, response) => {
      proxied(request.url)
      response.end()
    })
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, proxy)
    const url = await serve((_, response) => response.end('direct'))
    expect(await (await outbound().fetch(url)).text()).toBe('direct')
    expect(proxied).not.toHaveBeenCalled()
  })
})

// TK-16
describe('a server with a certificate that nobody vouches for', () => {
  it('gets no request', async () => {
    const received = vi.fn()
    const server = createHttpsServer(selfSignedCertificate('localhost'), (request, response) => {
      received(request.url)
      response.end()
    })
    const port = await listen(server, () => server.closeAllConnections())
    const error = await failureOf(outbound().fetch(`https://localhost:${port}/token`, { method: 'POST', body: 'client_secret=x' }))
    expect(error).toMatchObject({ code: 'provider_unreachable', message: `localhost:${port} could not be reached.` })
    expect(inspect(error, { depth: Infinity })).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect([wasNotSent(error), received.mock.calls]).toEqual([true, []])
  })
})

describe('what it sends', () => {
  it('sends method, headers and body, and asks for an answer that is not compressed', async () => {
    const url = await serve((request, response) => {
      request
        .setEncoding('utf8')
        .on('data', (body: string) =>
          response.end(JSON.stringify([request.method, request.headers['x-test'], request.headers['accept-encoding'], body])),
        )
    })
    const response = await outbound().fetch(url, { method: 'POST', headers: { 'x-test': 'yes', 'accept-encoding': 'gzip' }, body: 'a=b' })
    expect(await response.json()).toEqual(['POST', 'yes', 'identity', 'a=b'])
  })

  // TK-30
  it('keeps no cookies and hands none on', async () => {
    const seen: (string | undefined)[] = []
    const url = await serve((request, response) => {
      seen.push(request.headers.cookie)
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end()
    })
    const { fetch } = outbound()
    const responses = [await fetch(url), await fetch(url)]
    expect(seen).toEqual([undefined, undefined])
    expect(responses.map(({ headers }) => headers.getSetCookie())).toEqual([[], []])
  })

  // TK-11, SS-8
  it.each([301, 302, 303, 307, 308])('returns a %i and does not follow it', async (status) => {
    const visited = vi.fn()
    const elsewhere = await serve((request, response) => {
      visited(request.url)
      response.end()
    })
    const url = await serve((_, response) => response.writeHead(status, { location: elsewhere }).end())
    const response = await outbound().fetch(url, { method: 'POST', body: 'client_secret=CANARY' })
    expect([response.status, response.headers.get('location')]).toEqual([status, elsewhere])
    expect(visited).not.toHaveBeenCalled()
  })
})

describe('what it reads', () => {
  it.each([204, 205, 304])('gives an answer without a body for %i', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end())
    const response = await outbound().fetch(url)
    expect([response.status, response.body]).toEqual([status, null])
  })

  // TK-12
  it('refuses an answer that announces too much, before reading it', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-length': '100000000' }).write('a'))
    expect(await failureOf(outbound().fetch(url))).toMatchObject({
      code: 'provider_response_invalid',
      message: `${new URL(url).host} answered with more than 1048576 bytes.`,
    })
  })

  it('cuts an endless answer at the cap and hangs up', async () => {
    let written = 0
    let hungUp: Promise<unknown> | undefined
    const chunk = Buffer.alloc(65_536, 'a')
    const url = await serve((_, response) => {
      hungUp = once(response, 'close')
      const write = (): void => {
        while (!response.destroyed) {
          written += chunk.byteLength
          if (!response.write(chunk)) return void response.once('drain', write)
        }
      }
      write()
    })
    const response = await outbound().fetch(url, { maxBytes: 200_000 })
    expect(await failureOf(response.text())).toMatchObject({
      code: 'provider_response_invalid',
      message: `${new URL(url).host} answered with more than 200000 bytes.`,
    })
    await hungUp
    expect(written).toBeLessThan(20_000_000)
  })

  it('hangs up when its caller wants no more of an answer', async () => {
    let hungUp: Promise<unknown> | undefined
    const url = await serve((_, response) => {
      hungUp = once(response, 'close')
      response.write('a'.repeat(1_000_000))
    })
    const response = await outbound().fetch(url)
    await response.body?.cancel()
    await hungUp
  })

  it('takes an answer of exactly the cap', async () => {
    const url = await serve((_, response) => response.end('a'.repeat(1000)))
    expect(await (await outbound().fetch(url, { maxBytes: 1000 })).text()).toHaveLength(1000)
  })

  // TK-13, TK-14
  it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', Array(10).fill('gzip').join(', '), 'x-unknown'])(
    'refuses an answer compressed by %s without inflating it',
    async (encoding) => {
      const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(Buffer.alloc(1_000_000))))
      expect(await failureOf(outbound().fetch(url))).toMatchObject({
        code: 'provider_response_invalid',
        message: `${new URL(url).host} compressed its answer although it was asked not to.`,
      })
    },
  )
})

describe('how long it waits', () => {
  const late = (host: string): object => ({
    code: 'provider_unreachable',
    message: `${host} did not answer in time, or not to the end.`,
    retryable: true,
  })

  // TK-15
  it('gives up on a server that never answers', async () => {
    const port = await serveBytes(() => undefined)
    const error = await failureOf(outbound({ timeoutMs: 60 }).fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'a=b' }))
    expect(error).toMatchObject(late(`127.0.0.1:${port}`))
    expect(wasNotSent(error)).toBe(false)
  })

  it('gives up on a body that trickles, by the same deadline', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('a'), 10)
      response.on('close', () => clearInterval(timer))
    })
    const response = await outbound({ timeoutMs: 150 }).fetch(url)
    expect(await failureOf(response.text())).toMatchObject(late(new URL(url).host))
  })

  it.each([10, 100_000])('calls an answer of %i bytes that is cut no answer', async (announced) => {
    const port = await serveBytes((socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${announced}\r\n\r\nabc`)))
    const text = outbound()
      .fetch(`http://127.0.0.1:${port}/`)
      .then((response) => response.text())
    expect(await failureOf(text)).toMatchObject(late(`127.0.0.1:${port}`))
  })

  it("ends with the caller's signal", async () => {
    const port = await serveBytes(() => undefined)
    const controller = new AbortController()
    const work = failureOf(outbound().fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal }))
    controller.abort()
    expect(await work).toMatchObject(late(`127.0.0.1:${port}`))
  })

  it('knows that a refused connection carried nothing, and that a cut one may have', async () => {
    const cutting = await serveBytes((socket) => socket.once('data', () => socket.destroy()))
    const { fetch } = outbound()
    const refused = await failureOf(fetch('http://127.0.0.1:1/', { method: 'POST', body: 'a=b' }))
    const cut = await failureOf(fetch(`http://127.0.0.1:${cutting}/`, { method: 'POST', body: 'a=b' }))
    expect(refused).toMatchObject({ code: 'provider_unreachable', message: '127.0.0.1:1 could not be reached.' })
    expect(cut).toMatchObject(late(`127.0.0.1:${cutting}`))
    expect([wasNotSent(refused), wasNotSent(cut)]).toEqual([true, false])
  })

  // TK-4
  it('sends a request once, also when the connection is cut', async () => {
    let requests = 0
    const port = await serveBytes((socket) =>
      socket.once('data', () => {
        requests += 1
        socket.destroy()
      }),
    )
    await failureOf(outbound().fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'a=b' }))
    expect(requests).toBe(1)
  })
})

// TK-31
describe('answers on a connection that is kept open', () => {
  const answer = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`

  it('are never taken for the answer of another request when they come late', async () => {
    const sockets: Socket[] = []
    const port = await serveBytes((socket) => {
      sockets.push(socket)
      socket.once('data', () => {
        if (sockets.length === 1) return
        sockets[0]?.write(answer('one'))
        socket.write(answer('two'))
      })
    })
    const { fetch } = outbound({ timeoutMs: 100 })
    await failureOf(fetch(`http://127.0.0.1:${port}/first`))
    expect(await (await fetch(`http://127.0.0.1:${port}/second`)).text()).toBe('two')
  })

  it('are never taken for the answer of the next request when nobody asked for them', async () => {
    let requests = 0
    const port = await serveBytes((socket) =>
      socket.on('data', () => {
        requests += 1
        socket.write(requests === 1 ? answer('one') + answer('smuggled') : answer('two'))
      }),
    )
    const { fetch } = outbound()
    expect(await (await fetch(`http://127.0.0.1:${port}/first`)).text()).toBe('one')
    const second = await fetch(`http://127.0.0.1:${port}/second`).then(
      (response) => response.text(),
      () => 'refused',
    )
    expect(second).not.toBe('smuggled')
  })
})

describe('closing', () => {
  it('waits for requests under way', async () => {
    const asked = Promise.withResolvers<() => void>()
    const url = await serve((_, response) => asked.resolve(() => response.end('late')))
    const { fetch, close } = outbound()
    const answer = fetch(url)
    const respond = await asked.promise
    const closed = close()

    respond()

    expect(await (await answer).text()).toBe('late')
    await closed
  })

  it.each(['before', 'after'])('cuts them when it is told %s that there is no more time', async (moment) => {
    const asked = Promise.withResolvers<void>()
    const url = await serve(() => asked.resolve())
    const { fetch, close } = outbound()
    const answer = failureOf(fetch(url))
    await asked.promise
    const impatience = new AbortController()

    if (moment === 'before') impatience.abort()
    const closed = close(impatience.signal)
    impatience.abort()

    expect(await answer).toMatchObject({ code: 'provider_unreachable' })
    await closed
  })
})

// LK-8
describe('its errors', () => {
  it.each([
    'CANARY is not HTTP\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno header\r\n\r\nCANARY',
    'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nCANARY',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nCANARY',
  ])('hold nothing of a request or of an answer such as %j', async (bytes) => {
    const port = await serveBytes((socket) => socket.once('data', () => socket.end(bytes)))
    const error = await outbound()
      .fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { authorization: 'Bearer CANARY_header' }, body: 'refresh_token=CANARY_body' })
      .then((answer) => answer.text())
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'provider_unreachable', message: `127.0.0.1:${port} did not answer in time, or not to the end.` })
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('CANARY')
  })
})
