import type { CredentialType } from '@authpipe/core'
import type { CredentialParts } from '@authpipe/core/server'

type Values = Readonly<Record<string, string>>

/** What a request carries of a credential. */
export interface AppliedParts {
  readonly headers: Values
  readonly searchParams: Values | undefined
  readonly fields: Values
}

/** What credentials of one kind have in common: kept once, however many of them are in memory. */
export interface CredentialFrame {
  /** Provider id. */
  readonly provider: string
  readonly credentialType: CredentialType
  readonly source: 'connection' | 'installation'
  readonly scopes: readonly string[]
  readonly settings: Values
  readonly baseUrl: string
  readonly apply: (credential: string) => AppliedParts
}

/** A credential and its frame. What requests carry is made when it is asked for: most callers read the credential alone. */
export class FramedCredential implements CredentialParts {
  readonly frame: CredentialFrame
  readonly credential: string
  readonly connectionId: string
  readonly expiresAt: number | undefined
  readonly generation: number

  constructor(frame: CredentialFrame, credential: string, connectionId: string, expiresAt: number | undefined, generation: number) {
    this.frame = frame
    this.credential = credential
    this.connectionId = connectionId
    this.expiresAt = expiresAt
    this.generation = generation
  }

  get credentialType(): CredentialType {
    return this.frame.credentialType
  }
  get source(): 'connection' | 'installation' {
    return this.frame.source
  }
  get scopes(): readonly string[] {
    return this.frame.scopes
  }
  get settings(): Values {
    return this.frame.settings
  }
  get baseUrl(): string {
    return this.frame.baseUrl
  }
  get headers(): Values {
    return this.frame.apply(this.credential).headers
  }
  get searchParams(): Values | undefined {
    return this.frame.apply(this.credential).searchParams
  }
  get fields(): Values {
    return this.frame.apply(this.credential).fields
  }
}
