import { randomBytes } from 'node:crypto'

/** On which websites the plugin is installed, with the token of each install. */
export class CrispInstallations {
  readonly #canary: string
  readonly #tokens = new Map<string, string>()
  readonly #issued: string[] = []

  constructor(canary: string) {
    this.#canary = canary
  }

  /** Installs the plugin and gives the token; where it is installed already the token stays. */
  install(websiteId: string): string {
    const found = this.#tokens.get(websiteId)
    if (found !== undefined) return found
    const token = `crisp_install_${this.#canary}_${randomBytes(18).toString('base64url')}`
    this.#tokens.set(websiteId, token)
    this.#issued.push(token)
    return token
  }

  /** Removes the plugin. @param websiteId - where; everywhere without it */
  uninstall(websiteId: string | undefined): void {
    if (websiteId === undefined) this.#tokens.clear()
    else this.#tokens.delete(websiteId)
  }

  tokenOf(websiteId: string): string | undefined {
    return this.#tokens.get(websiteId)
  }

  websiteIds(): readonly string[] {
    return [...this.#tokens.keys()]
  }

  /** Every token that was ever handed out; a reset does not forget it. */
  issued(): readonly string[] {
    return [...this.#issued]
  }
}
