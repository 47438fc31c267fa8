/** A window that was opened for a session. `closed` is advice: cut off by a provider's COOP header, a living one reads `true`. */
export interface ConnectWindow {
  readonly closed: boolean
  /** Its document, while it is still ours. */
  readonly document?: { title: string }
  focus(): void
  close(): void
}

/** The body of `POST /sessions` as a form, so that it can be posted into another window. */
export interface StartForm {
  readonly action: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** How windows are opened and filled. The mock client brings its own. */
export interface ConnectWindows {
  /** Opens an empty window; call it in the click. `null` where the browser blocks it. */
  open(name: string): ConnectWindow | null
  /** Posts a form into the window of that name, `_self` being this page. */
  post(form: StartForm, target: string): void
  /**
   * Whether this page is the one in front.
   * @defaultValue what the document says
   */
  hasFocus?(): boolean
}

export const pageWindows: ConnectWindows = {
  open(name) {
    // Centred on the window, not on the screen: it may stand on a second monitor. A browser moves and shrinks what does not fit.
    const left = screenX + (outerWidth - 520) / 2
    const top = screenY + Math.max(0, outerHeight - 680) / 2
    const opened = open('', name, `popup,width=520,height=680,left=${left},top=${top}`)
    // Some blockers hand out a stub that has no `closed`.
    return opened?.closed === false ? opened : null
  },
  post({ action, fields }, target) {
    const form = Object.assign(document.createElement('form'), { method: 'post', action, target, hidden: true })
    for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { name, value }))
    document.body.append(form)
    form.submit()
    form.remove()
  },
}
