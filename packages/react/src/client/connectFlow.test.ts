import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createConnectWorld, InstantChannel } from '../../test/connectWorld.ts'
import { mockConnection } from '../testing/index.ts'
import type { AuthpipeEvent } from './AuthpipeEvent.ts'

const seconds = async (count: number) => {
  await vi.dynamicImportSettled()
  await vi.advanceTimersByTimeAsync(count * 1_000)
}

/** A world in which the user has clicked and the server knows the session. */
async function openWorld(options?: Parameters<typeof createConnectWorld>[0]) {
  const world = createConnectWorld(options)
  const flow = world.client.connectFlow('livechat')
  flow.attach(world.listener)
  const sessionId = flow.start({}, world.listener)
  await seconds(2)
  return { ...world, world, flow, sessionId, window: world.windows[0]! }
}

// A faked clock waits for no module that is loaded while it runs.
beforeAll(async () => {
  await Promise.all([import('./followAttempt.ts'), import('./readAnswer.ts')])
})
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('BroadcastChannel', InstantChannel)
  sessionStorage.clear()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('starting', () => {
  test('opens the window and posts the form within the click', () => {
    const { client, windows, posted } = createConnectWorld()
    const sessionId = client.connectFlow('livechat').start({ scopes: ['chats--all:ro', 'customers:ro'], settings: { subdomain: 'acme' } })
    expect(windows).toHaveLength(1)
    expect(posted).toEqual([
      {
        target: `authpipe-${sessionId}`,
        form: {
          action: '/api/authpipe/sessions',
          fields: expect.arrayContaining([
            ['provider', 'livechat'],
            ['sessionId', sessionId],
            ['mode', 'popup'],
            ['scopes', 'chats--all:ro'],
            ['scopes', 'customers:ro'],
            ['settings.subdomain', 'acme'],
          ]),
        },
      },
    ])
  })

  test('brings the window to the front on a double click, and makes no second session', async () => {
    const { client, windows, posted } = createConnectWorld()
    const flow = client.connectFlow('livechat')
    const first = flow.start()
    expect(flow.start()).toBe(first)
    expect(windows).toHaveLength(1)
    expect(windows[0]!.focus).toHaveBeenCalledTimes(1)
    expect(posted).toHaveLength(1)
  })

  test('is the same flow for two buttons of one provider, and another for a named connection', () => {
    const { client } = createConnectWorld()
    expect(client.connectFlow('livechat')).toBe(client.connectFlow('livechat'))
    expect(client.connectFlow('livechat')).not.toBe(client.connectFlow('livechat', 'conn_1'))
  })

  test('posts into this page in redirect mode, with the way back', async () => {
    history.replaceState(null, '', '/settings?tab=2')
    const { client, windows, posted } = createConnectWorld()
    client.connectFlow('livechat').start({ mode: 'redirect' })
    await seconds(0)
    expect(windows).toHaveLength(0)
    expect(posted[0]!.target).toBe('_self')
    expect(posted[0]!.form.fields).toContainEqual(['mode', 'redirect'])
    expect(posted[0]!.form.fields).toContainEqual(['returnTo', '/settings?tab=2'])
  })

  test('submits once on a double click in redirect mode too', async () => {
    const { client, posted, heard, listener } = createConnectWorld()
    const flow = client.connectFlow('livechat')
    flow.attach(listener)
    expect(flow.start({ mode: 'redirect' })).toBe(flow.start({ mode: 'redirect' }))
    await seconds(0)
    expect(posted).toHaveLength(1)
    expect(heard.onCancel).not.toHaveBeenCalled()
  })

  test('adds an account beside the connection that the flow is for, where it is told so', () => {
    const { client, posted } = createConnectWorld()
    client.connectFlow('livechat', 'conn_1').start({ connectionId: undefined })
    expect(posted[0]!.form.fields.map(([name]) => name)).not.toContain('connectionId')
  })

  test('names the connection that is to be mended', () => {
    const { client, posted } = createConnectWorld()
    client.connectFlow('livechat', 'conn_1').start()
    expect(posted[0]!.form.fields).toContainEqual(['connectionId', 'conn_1'])
  })

  test('reports a start that does not reach the server within ten seconds, and still takes its success', async () => {
    const world = createConnectWorld()
    const flow = world.client.connectFlow('livechat')
    flow.attach(world.listener)
    world.delivers = false
    const sessionId = flow.start({}, world.listener)
    await seconds(9)
    expect(flow.getState().phase).toBe('opening')
    await seconds(5)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code: 'network_error', message: 'The start has not reached the server.' } })
    expect(world.heard.onError).toHaveBeenCalledTimes(1)
    await world.deliver(world.posted[0]!.form)
    world.finish(sessionId, 'approve')
    await seconds(5)
    expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
  })
})

describe('a start that the server refuses', () => {
  async function openRefused() {
    const world = createConnectWorld()
    const flow = world.client.connectFlow('livechat')
    flow.attach(world.listener)
    world.delivers = false
    const sessionId = flow.start({}, world.listener)
    await seconds(1)
    // Its page in the window says why, and rings.
    world.ring(sessionId)
    await seconds(1)
    return { world, flow, sessionId }
  }

  test('is an error as soon as its page has rung', async () => {
    const { world, flow } = await openRefused()
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code: 'session_not_found', message: 'The server did not start the session. The page in its window says why.' } })
    expect(world.heard.onError).toHaveBeenCalledTimes(1)
  })

  test('is an error at once where its page has rung before anybody could listen', async () => {
    const world = createConnectWorld()
    const flow = world.client.connectFlow('livechat')
    flow.attach(world.listener)
    world.delivers = false
    localStorage.setItem(`authpipe:${flow.start({}, world.listener)}`, 'done')
    await seconds(3)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code: 'session_not_found' } })
    expect(world.heard.onError).toHaveBeenCalledTimes(1)
  })

  test('is followed by a success where the ring was a lie and the start still on its way', async () => {
    const { world, flow, sessionId } = await openRefused()
    await world.deliver(world.posted[0]!.form)
    world.finish(sessionId, 'approve')
    await seconds(5)
    expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
    expect(flow.getState()).toEqual({ phase: 'idle' })
  })
})

describe('code that cannot be loaded after the click', () => {
  beforeEach(() => {
    vi.doMock('./followAttempt.ts', () => {
      throw new TypeError('Failed to fetch dynamically imported module')
    })
  })
  afterEach(() => vi.doUnmock('./followAttempt.ts'))

  test('ends the attempt as network_error', async () => {
    const { client, listener, heard } = createConnectWorld()
    const flow = client.connectFlow('livechat')
    flow.attach(listener)
    flow.start({}, listener)
    const failure = { code: 'network_error', message: 'More code of this page could not be loaded.', retryable: true }
    await expect(flow.result()).rejects.toMatchObject(failure)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: failure })
    expect(heard.onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(failure))
  })

  test('leaves the window that was opened, and lets the next click open another', async () => {
    const { client, windows, posted } = createConnectWorld()
    const flow = client.connectFlow('livechat')
    flow.start()
    await flow.result().catch(() => {})
    flow.start()
    await flow.result().catch(() => {})
    expect(windows.map(({ closed }) => closed)).toEqual([false, false])
    expect(posted).toHaveLength(2)
  })
})

describe('a blocked window', () => {
  async function openBlocked() {
    const world = createConnectWorld()
    world.blocked = true
    const flow = world.client.connectFlow('livechat')
    flow.attach(world.listener)
    const sessionId = flow.start({}, world.listener)
    return { world, flow, sessionId }
  }

  test('offers a form of the same session and asks the server nothing', async () => {
    const { world, flow, sessionId } = await openBlocked()
    await seconds(20)
    expect(flow.getState()).toMatchObject({ phase: 'blocked', error: { code: 'popup_blocked', message: 'The browser did not open a window.' } })
    expect(flow.getForm().fields).toContainEqual(['sessionId', sessionId])
    expect(world.requests).toEqual([])
  })

  test('waits for the tab that the user opened from the form', async () => {
    const { world, flow, sessionId } = await openBlocked()
    flow.submitted()
    await world.deliver(flow.getForm())
    await seconds(3)
    expect(flow.getState().phase).toBe('waiting')
    world.finish(sessionId, 'approve')
    world.ring(sessionId)
    await seconds(1)
    expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
  })
})

describe('success', () => {
  test('comes by a doorbell and the answer of the server, and ends in idle', async () => {
    const { flow, finish, ring, sessionId, heard } = await openWorld()
    expect(flow.getState()).toEqual({ phase: 'waiting', sessionId })
    const result = flow.result()
    await seconds(1)
    finish(sessionId, 'approve')
    ring(sessionId)
    await seconds(0.5)
    expect(flow.getState().phase).toBe('done')
    expect(heard.onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ provider: 'livechat', status: 'active' }), { reconnected: false })
    expect(await result).toMatchObject({ provider: 'livechat' })
    await seconds(2)
    expect(flow.getState()).toEqual({ phase: 'idle' })
  })

  test('is found by polling where no message arrives', async () => {
    const { flow, finish, sessionId, heard } = await openWorld()
    finish(sessionId, 'approve')
    await seconds(3)
    expect(flow.getState().phase).toBe('done')
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('is told once when it comes by every channel', async () => {
    const { finish, ring, sessionId, heard } = await openWorld()
    finish(sessionId, 'approve')
    const message = { v: 1, type: 'authpipe:completion', sessionId }
    ring(sessionId)
    window.dispatchEvent(new MessageEvent('message', { data: message, origin: location.origin }))
    window.dispatchEvent(new StorageEvent('storage', { key: `authpipe:${sessionId}` }))
    ring(sessionId)
    await seconds(30)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('works where BroadcastChannel throws', async () => {
    vi.stubGlobal('BroadcastChannel', function Forbidden() {
      throw new DOMException('Forbidden', 'SecurityError')
    })
    const { finish, sessionId, heard } = await openWorld()
    finish(sessionId, 'approve')
    await seconds(3)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('works where there is no BroadcastChannel', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    const { finish, sessionId, heard } = await openWorld()
    finish(sessionId, 'approve')
    await seconds(3)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('says that a connection was mended', async () => {
    const { flow, finish, heard } = await openWorld({ connections: [mockConnection({ id: 'conn_1', status: 'needs_reauth' })] })
    const sessionId = flow.start({ connectionId: 'conn_1' }, undefined, true)
    await seconds(2)
    finish(sessionId, 'approve')
    await seconds(5)
    expect(heard.onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'conn_1' }), { reconnected: true })
  })

  test('is announced to whoever shows connections, also when no button listens any more', async () => {
    const { world, client, flow, finish, sessionId } = await openWorld()
    const changed = vi.fn()
    client.onConnectionsChanged(changed)
    flow.attach(world.listener)()
    finish(sessionId, 'approve')
    await seconds(5)
    expect(changed).toHaveBeenCalledExactlyOnceWith({ connection: expect.objectContaining({ provider: 'livechat' }) })
    expect(world.heard.onSuccess).not.toHaveBeenCalled()
  })

  test('goes to the one who shows the flow now where the one who started it is gone', async () => {
    const world = createConnectWorld()
    const flow = world.client.connectFlow('livechat')
    const gone = { current: { onSuccess: vi.fn() } }
    const detach = flow.attach(gone)
    const sessionId = flow.start({}, gone)
    detach()
    flow.attach(world.listener)
    await seconds(2)
    world.finish(sessionId, 'approve')
    await seconds(5)
    expect(gone.current.onSuccess).not.toHaveBeenCalled()
    expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
  })
})

describe('doorbells', () => {
  test('are answered with an acknowledgement, so that the completion page may close', async () => {
    const { sessionId } = await openWorld()
    const page = new InstantChannel(`authpipe:${sessionId}`)
    const heard = vi.fn()
    page.onmessage = ({ data }) => heard(data)
    page.postMessage({ v: 1, type: 'authpipe:completion', sessionId })
    expect(heard).toHaveBeenCalledExactlyOnceWith({ v: 1, type: 'authpipe:ack', sessionId })
  })

  test('that lie cause a question and nothing else', async () => {
    const { flow, ring, sessionId, heard, checks } = await openWorld()
    const before = checks()
    await seconds(1)
    ring(sessionId)
    expect(flow.getState().phase).toBe('confirming')
    await seconds(1)
    expect(checks()).toBe(before + 1)
    expect(flow.getState().phase).toBe('waiting')
    ring(sessionId)
    expect(flow.getState().phase).toBe('waiting')
    expect(heard.onSuccess).not.toHaveBeenCalled()
    expect(heard.onError).not.toHaveBeenCalled()
  })

  test('in a flood of ten thousand cause at most one question a second', async () => {
    const { ring, sessionId, checks } = await openWorld()
    const before = checks()
    for (let burst = 0; burst < 100; burst++) {
      for (let message = 0; message < 100; message++) ring(sessionId)
      await seconds(0.1)
    }
    expect(checks() - before).toBeLessThanOrEqual(10)
  })

  test.each([
    ['of another origin', { origin: 'https://evil.example', data: { v: 1, type: 'authpipe:completion' } }],
    ['of another session', { origin: location.origin, data: { v: 1, type: 'authpipe:completion', sessionId: 'other' } }],
    ['of an unknown version', { origin: location.origin, data: { v: 2, type: 'authpipe:completion' } }],
    ['of another kind', { origin: location.origin, data: { v: 1, type: 'webpack' } }],
    ['without form', { origin: location.origin, data: 'authpipe:completion' }],
  ])('%s are ignored', async (_, { origin, data }) => {
    const { flow, sessionId, checks } = await openWorld()
    await seconds(1)
    const before = checks()
    window.dispatchEvent(new MessageEvent('message', { origin, data: typeof data === 'string' ? data : { sessionId, ...data } }))
    expect(checks()).toBe(before)
    expect(flow.getState().phase).toBe('waiting')
  })

  test('left in storage are removed by the page that listens', async () => {
    const { finish, sessionId } = await openWorld()
    localStorage.setItem(`authpipe:${sessionId}`, 'done')
    finish(sessionId, 'approve')
    await seconds(5)
    expect(localStorage.getItem(`authpipe:${sessionId}`)).toBeNull()
  })
})

describe('asking the server', () => {
  test('slows down from two seconds to five', async () => {
    const { checks } = await openWorld()
    expect(checks()).toBe(1)
    await seconds(60)
    const early = checks()
    await seconds(60)
    expect(early).toBeGreaterThanOrEqual(14)
    expect(checks() - early).toBeLessThanOrEqual(12)
  })

  test('pauses while the page is hidden, and goes on at once when it is seen again', async () => {
    const { checks, finish, sessionId, heard } = await openWorld()
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const before = checks()
    await seconds(120)
    expect(checks()).toBe(before)
    finish(sessionId, 'approve')
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    await seconds(0)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test.each(['focus', 'online', 'pageshow'])('happens at once on %s', async (type) => {
    const { checks } = await openWorld()
    await seconds(1)
    const before = checks()
    window.dispatchEvent(new Event(type))
    expect(checks()).toBe(before + 1)
  })

  test('outlives an outage', async () => {
    const { world, flow, finish, ring, sessionId, heard } = await openWorld()
    world.offline = true
    finish(sessionId, 'approve')
    await seconds(1)
    ring(sessionId)
    await seconds(30)
    expect(flow.getState().phase).toBe('confirming')
    world.offline = false
    await seconds(6)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
    expect(heard.onError).not.toHaveBeenCalled()
  })

  test('goes on when the clock of the machine is set back', async () => {
    const { finish, sessionId, heard } = await openWorld()
    vi.setSystemTime(Date.now() - 3_600_000)
    finish(sessionId, 'approve')
    await seconds(6)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('ends when nothing is heard for as long as a session lives', async () => {
    const { world, flow, checks } = await openWorld()
    world.offline = true
    await seconds(606)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code: 'connect_timed_out', message: 'The session ended before the user had finished.' } })
    const after = checks()
    await seconds(60)
    expect(checks()).toBe(after)
  })
})

describe('a window that reads as closed', () => {
  test('is taken for closed by the user when the focus is back, and a late success is still told once', async () => {
    const { world, flow, finish, sessionId, window, heard } = await openWorld()
    window.closed = world.focused = true
    await seconds(0.5)
    expect(flow.getState().phase).toBe('detached')
    expect(heard.onCancel).not.toHaveBeenCalled()
    await seconds(2)
    expect(flow.getState()).toMatchObject({ phase: 'idle', error: { code: 'connect_cancelled', details: { reason: 'presumed_closed' } } })
    expect(heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'presumed_closed' })
    finish(sessionId, 'approve')
    await seconds(60)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
    expect(heard.onCancel).toHaveBeenCalledTimes(1)
  })

  test('is not a cancel when the user had finished', async () => {
    const { world, finish, sessionId, window, heard } = await openWorld()
    finish(sessionId, 'approve')
    window.closed = world.focused = true
    await seconds(3)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
    expect(heard.onCancel).not.toHaveBeenCalled()
  })

  test('stays detached while the focus is elsewhere, as where a provider cut it off', async () => {
    const { flow, finish, ring, sessionId, window, heard } = await openWorld()
    window.closed = true
    await seconds(300)
    expect(flow.getState().phase).toBe('detached')
    expect(heard.onCancel).not.toHaveBeenCalled()
    finish(sessionId, 'approve')
    ring(sessionId)
    await seconds(1)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('is judged once the server can be asked again', async () => {
    const { world, flow, window, heard } = await openWorld()
    world.offline = true
    window.closed = world.focused = true
    await seconds(20)
    expect(flow.getState().phase).toBe('detached')
    world.offline = false
    await seconds(2)
    expect(flow.getState().phase).toBe('idle')
    expect(heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'presumed_closed' })
  })

  test('does not become a cancel when the user comes back to the page later', async () => {
    const { world, flow, window: popup, heard } = await openWorld()
    popup.closed = true
    await seconds(3)
    world.focused = true
    window.dispatchEvent(new Event('focus'))
    await seconds(30)
    expect(flow.getState().phase).toBe('detached')
    expect(heard.onCancel).not.toHaveBeenCalled()
  })

  test('leaves the place in storage to the attempt that replaces it', async () => {
    const flow = createConnectWorld().client.connectFlow('livechat')
    flow.start()
    const next = flow.start({}, undefined, true)
    await seconds(0)
    expect(sessionStorage.getItem('authpipe:pending:livechat:')).toContain(next)
  })

  test('gives way to a new attempt on a click, and the old session ends at the server', async () => {
    const { flow, sessionId, window, windows, requests, heard } = await openWorld()
    window.closed = true
    await seconds(1)
    const next = flow.start()
    await seconds(0)
    expect(next).not.toBe(sessionId)
    expect(windows).toHaveLength(2)
    expect(heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'superseded' })
    expect(requests).toContain(`DELETE /api/authpipe/sessions/${sessionId}`)
  })

  test('is no longer shown once another attempt has taken its place', async () => {
    const { flow, finish, sessionId, heard } = await openWorld()
    const next = flow.start({}, undefined, true)
    const shown: (string | undefined)[] = []
    flow.subscribe(() => shown.push(flow.getState().sessionId))
    finish(sessionId, 'approve')
    await seconds(3)
    expect(flow.getState()).toEqual({ phase: 'waiting', sessionId: next })
    expect(new Set(shown)).toEqual(new Set([next]))
    expect(heard.onSuccess).not.toHaveBeenCalled()
  })

  test('that the user took elsewhere leaves the attempt waiting', async () => {
    const { flow, heard } = await openWorld()
    await seconds(500)
    expect(flow.getState().phase).toBe('waiting')
    expect(heard.onCancel).not.toHaveBeenCalled()
  })
})

describe('the end without a connection', () => {
  test('by the user closes the window and ends the session at the server', async () => {
    const { flow, sessionId, window, requests, heard } = await openWorld()
    const rejection = flow.result().catch((error: unknown) => error)
    flow.cancel()
    await seconds(0)
    expect(flow.getState()).toMatchObject({ phase: 'idle', error: { code: 'connect_cancelled', message: 'The attempt was given up.' } })
    expect(window.close).toHaveBeenCalledTimes(1)
    expect(requests).toContain(`DELETE /api/authpipe/sessions/${sessionId}`)
    expect(await rejection).toMatchObject({ code: 'connect_cancelled', details: { reason: 'user' } })
    await seconds(10)
    expect(heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'user' })
  })

  test('by the user yields to a success that was there before', async () => {
    const { flow, finish, sessionId, heard } = await openWorld()
    finish(sessionId, 'approve')
    flow.cancel()
    await seconds(5)
    expect(heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  test('by a denial is a cancel and no error', async () => {
    const { flow, finish, sessionId, heard } = await openWorld()
    finish(sessionId, 'deny')
    await seconds(5)
    expect(flow.getState()).toMatchObject({ phase: 'idle', error: { code: 'authorization_denied', message: 'Access was not approved.' } })
    expect(heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'denied' })
    expect(heard.onError).not.toHaveBeenCalled()
  })

  test.each(['authorization_failed', 'account_mismatch', 'code_exchange_failed'] as const)('by %s is an error with that code', async (code) => {
    const { flow, finish, sessionId, heard } = await openWorld()
    finish(sessionId, code)
    await seconds(5)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code, message: 'The mock provider failed as it was told to.' } })
    expect(heard.onError).toHaveBeenCalledTimes(1)
  })

  test('by time is told by the server', async () => {
    const { flow, finish, sessionId } = await openWorld()
    finish(sessionId, 'expire')
    await seconds(5)
    expect(flow.getState()).toMatchObject({ phase: 'error', error: { code: 'connect_timed_out', message: 'The session ended before the user had finished.' } })
  })
})

describe('a reload of the page', () => {
  test('goes on with the attempt, and tells its success once', async () => {
    const { world, sessionId } = await openWorld()
    const after = world.reload().connectFlow('livechat')
    after.attach(world.listener)
    await seconds(0)
    expect(after.getState().phase).toBe('waiting')
    world.finish(sessionId, 'approve')
    await seconds(5)
    const again = vi.fn()
    world.reload().connectFlow('livechat').attach({ current: { onSuccess: again } })
    await seconds(5)
    expect(again).not.toHaveBeenCalled()
  })

  test('is how redirect mode comes back: the address is cleaned and the success told', async () => {
    history.replaceState({ kept: true }, '', '/settings?tab=2')
    const world = createConnectWorld()
    const sessionId = world.client.connectFlow('livechat').start({ mode: 'redirect' })
    await seconds(0.1)
    world.finish(sessionId, 'approve')
    history.replaceState({ kept: true }, '', `/settings?tab=2&authpipe=${sessionId}`)
    world.reload().connectFlow('livechat').attach(world.listener)
    await seconds(0)
    expect(location.search).toBe('?tab=2')
    expect(history.state).toEqual({ kept: true })
    await seconds(2)
    expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
  })

  describe.each([
    ['by a page from the memory of the browser', () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
    ['by a page that is loaded again', undefined],
  ])('after the back button in redirect mode, %s', (_, restore) => {
    async function goBack() {
      const world = createConnectWorld()
      const before = world.client.connectFlow('livechat')
      const leave = before.attach(world.listener)
      const sessionId = before.start({ mode: 'redirect' })
      await seconds(2)
      expect(before.getState().phase).toBe('waiting')
      if (restore) restore()
      else leave()
      const flow = restore ? before : world.reload().connectFlow('livechat')
      if (!restore) flow.attach(world.listener)
      await seconds(2)
      return { world, flow, sessionId }
    }

    test('shows no attempt that nobody makes', async () => {
      const { world, flow } = await goBack()
      expect(flow.getState()).toMatchObject({ phase: 'idle', error: { code: 'connect_cancelled', message: 'The attempt was given up.' } })
      expect(world.heard.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'presumed_closed' })
    })

    test('still takes a success, as of a user who went forward again', async () => {
      const { world, sessionId } = await goBack()
      world.finish(sessionId, 'approve')
      await seconds(10)
      expect(world.heard.onSuccess).toHaveBeenCalledTimes(1)
    })
  })

  test('tells the other tabs of what redirect mode has connected', async () => {
    const world = createConnectWorld()
    const sessionId = world.client.connectFlow('livechat').start({ mode: 'redirect' })
    await seconds(1)
    world.finish(sessionId, 'approve')
    const client = world.reload()
    client.onConnectionsChanged(vi.fn())
    const rung = vi.fn()
    new InstantChannel('authpipe:changed').onmessage = ({ data }) => rung(data)
    client.connectFlow('livechat').attach(world.listener)
    await seconds(5)
    expect(rung).toHaveBeenCalledExactlyOnceWith({ v: 1, type: 'authpipe:changed' })
  })

  test('forgets a session that the server does not know', async () => {
    sessionStorage.setItem('authpipe:pending:livechat:', `${Date.now()} 3f0c7c1e-0000-4000-8000-000000000000`)
    const world = createConnectWorld()
    const flow = world.client.connectFlow('livechat')
    flow.attach(world.listener)
    await seconds(5)
    expect(flow.getState()).toEqual({ phase: 'idle' })
    expect(sessionStorage).toHaveLength(0)
    expect(world.heard.onError).not.toHaveBeenCalled()
  })

  test.each(['nonsense', '0 3f0c7c1e-0000-4000-8000-000000000000'])('asks nothing where storage holds "%s"', async (stored) => {
    sessionStorage.setItem('authpipe:pending:livechat:', stored)
    const world = createConnectWorld()
    world.client.connectFlow('livechat').attach(world.listener)
    await seconds(5)
    expect(world.requests).toEqual([])
  })

  test('is not copied into the window that opens', async () => {
    const world = createConnectWorld()
    const seen: number[] = []
    const opened = vi.spyOn(world.windows, 'push').mockImplementation(() => seen.push(sessionStorage.length))
    world.client.connectFlow('livechat').start()
    await seconds(0)
    expect(opened).toHaveBeenCalledTimes(1)
    expect(seen).toEqual([0])
    expect(sessionStorage).toHaveLength(1)
  })
})

describe('two tabs', () => {
  test('learn of each other’s connections by a channel that carries nothing else', () => {
    const { client } = createConnectWorld()
    const changed = vi.fn()
    const end = client.onConnectionsChanged(changed)
    const other = new InstantChannel('authpipe:changed')
    other.postMessage({ v: 1, type: 'authpipe:changed' })
    expect(changed).toHaveBeenCalledExactlyOnceWith({})
    end()
    other.postMessage({ v: 1, type: 'authpipe:changed' })
    expect(changed).toHaveBeenCalledTimes(1)
  })
})

describe('events', () => {
  const record = (world: ReturnType<typeof createConnectWorld>) => {
    const events: AuthpipeEvent[] = []
    world.client.onEvent((event) => events.push(event))
    return { events, names: () => events.map(({ event }) => event) }
  }
  const openRecorded = async (options?: Parameters<typeof createConnectWorld>[0], connectionId?: string) => {
    const world = createConnectWorld(options)
    const recorded = record(world)
    const flow = world.client.connectFlow('livechat', connectionId)
    flow.attach(world.listener)
    const sessionId = flow.start({ settings: { subdomain: 'CANARY-typed' }, scopes: ['CANARY-scope'], returnTo: '/CANARY-path' }, world.listener)
    await seconds(2)
    return { ...recorded, world, flow, sessionId }
  }

  test('tell an attempt that succeeds, with what it is about and how long it took', async () => {
    const { events, world, sessionId } = await openRecorded()
    world.finish(sessionId, 'approve')
    world.ring(sessionId)
    await seconds(10)
    const about = { provider: 'livechat', sessionId, mode: 'popup', at: expect.any(String) }
    expect(events).toEqual([
      { ...about, event: 'connect_started' },
      { ...about, event: 'window_opened' },
      { ...about, event: 'authorization_completed' },
      { ...about, event: 'connect_succeeded', connectionId: expect.any(String), durationMs: 3_000 },
    ])
  })

  test.each([
    ['deny', ['connect_started', 'window_opened', 'connect_cancelled'], { errorCode: 'authorization_denied', reason: 'denied' }],
    ['authorization_failed', ['connect_started', 'window_opened', 'connect_failed'], { errorCode: 'authorization_failed' }],
    ['expire', ['connect_started', 'window_opened', 'connect_failed'], { errorCode: 'connect_timed_out' }],
  ] as const)('tell one that ends by "%s"', async (outcome, expected, last) => {
    const { events, names, world, sessionId } = await openRecorded()
    world.finish(sessionId, outcome)
    await seconds(5)
    expect(names()).toEqual(expected)
    expect(events.at(-1)).toMatchObject(last)
  })

  test('tell a window that reads as closed once, and the cancel that is presumed', async () => {
    const { events, names, world } = await openRecorded()
    world.windows[0]!.closed = world.focused = true
    await seconds(10)
    expect(names()).toEqual(['connect_started', 'window_opened', 'window_detached', 'connect_cancelled'])
    expect(events.at(-1)).toMatchObject({ errorCode: 'connect_cancelled', reason: 'presumed_closed' })
  })

  test('tell a reconnect apart, and a window that was blocked', async () => {
    const world = createConnectWorld({ connections: [mockConnection({ id: 'conn_1' })] })
    world.blocked = true
    const { names, events } = record(world)
    world.client.connectFlow('livechat', 'conn_1').start()
    await seconds(1)
    expect(names()).toEqual(['reconnect_started', 'window_blocked'])
    expect(events[0]).toMatchObject({ connectionId: 'conn_1' })
  })

  test('tell a reconnect that succeeds', async () => {
    const { names, world, sessionId } = await openRecorded({ connections: [mockConnection({ id: 'conn_1', status: 'needs_reauth' })] }, 'conn_1')
    world.finish(sessionId, 'approve')
    await seconds(5)
    expect(names()).toEqual(['reconnect_started', 'window_opened', 'authorization_completed', 'reconnect_succeeded'])
  })

  test('never hold what was typed, a label, a scope or a URL', async () => {
    const { events, world, sessionId } = await openRecorded()
    world.finish(sessionId, 'approve')
    await seconds(5)
    const told = JSON.stringify(events)
    expect(told).toContain('connect_succeeded')
    expect(told).not.toMatch(/CANARY|acme|http|\//)
  })
})
