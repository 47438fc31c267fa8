import { parseAccountId, StandInControl, type ControlAction, type StandInParts } from '../StandInControl.ts'
import type { CrispInstallations } from './CrispInstallations.ts'
import type { CrispSettings } from './CrispState.ts'

/** The running Crisp stand-in: beside what every stand-in does, it knows where the plugin is installed. */
export class CrispControl extends StandInControl<CrispSettings> {
  readonly #installations: CrispInstallations

  constructor({ installations, ...parts }: StandInParts<CrispSettings> & { readonly installations: CrispInstallations }) {
    super(parts)
    this.#installations = installations
  }

  /** The ids of the websites on which the plugin is installed. */
  installations(): readonly string[] {
    return this.#installations.websiteIds()
  }

  /** Removes the plugin, as a workspace's owner can. @param websiteId - where; everywhere without it */
  uninstall(websiteId?: string): void {
    this.#installations.uninstall(websiteId)
  }

  override issuedKeys(): readonly string[] {
    return [...super.issuedKeys(), ...this.#installations.issued()]
  }

  override state(): Readonly<Record<string, unknown>> {
    return { ...super.state(), installations: this.installations() }
  }

  protected override actions(): Readonly<Record<string, ControlAction>> {
    return { ...super.actions(), uninstall: (body) => this.uninstall(parseAccountId(body)) }
  }
}
