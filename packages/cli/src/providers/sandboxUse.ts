import type { ProviderDefinition } from '@authpipe/core'
import { sandboxEndpoints } from '@authpipe/sandbox'
import { exportName, needsClient } from './needs.ts'

export type StandInId = Parameters<typeof sandboxEndpoints>[0]

/** A provider that the sandbox plays. */
export interface SandboxUse {
  readonly id: StandInId
  /** Writes its registration. @param url - code that gives the sandbox's URL */
  register(url: string): string
}

/** @returns nothing where the sandbox has no stand-in for a provider, else that one */
export function sandboxUse(definition: ProviderDefinition): SandboxUse[] {
  return standIns
    .filter((id) => id === definition.id)
    .map((id) => ({
      id,
      register(url) {
        const client = needsClient(definition) ? `...sandboxClient('${id}'), ` : ''
        return `${exportName(definition)}({ ${client}endpoints: sandboxEndpoints('${id}', ${url}) })`
      },
    }))
}

const standIns: readonly StandInId[] = ['livechat', 'help-scout', 'freshdesk', 'freshservice', 'crisp']
