/** What the person whose key it is may do, and in which state their account is. */
export type AccountKind = 'admin' | 'agent' | 'restricted' | 'suspended' | 'free'

/** An account that is connected by pasting: what a person types into the form of a key. */
export interface SandboxAccount {
  readonly accountId: string
  /** Who it is, in plain words. */
  readonly label: string
  readonly kind: AccountKind
  /** Inputs that are not secret, such as `subdomain`. */
  readonly settings: Readonly<Record<string, string>>
  /** The key, in the fields of its form. */
  readonly fields: Readonly<Record<string, string>>
}

/** The accounts of a stand-in with the keys that are good for them now. */
export class KeyedAccounts<Account extends SandboxAccount = SandboxAccount> {
  readonly #first: readonly Account[]
  readonly #mint: () => Readonly<Record<string, string>>
  readonly #replaced = new Map<string, Readonly<Record<string, string>>>()
  readonly #issued: string[] = []

  /** @param mint - makes the fields of another key */
  constructor(first: readonly Account[], mint: () => Readonly<Record<string, string>>) {
    this.#first = first
    this.#mint = mint
    this.#issued.push(...first.flatMap(({ fields }) => Object.values(fields)))
  }

  list(): readonly Account[] {
    return this.#first.map((account) => ({ ...account, fields: this.#replaced.get(account.accountId) ?? account.fields }))
  }

  /** Gives an account another key, as its person can at the provider; the old one is dead at once. */
  replaceKeys(accountId: string | undefined): void {
    for (const account of this.#first) {
      if (accountId !== undefined && account.accountId !== accountId) continue
      const fields = this.#mint()
      this.#replaced.set(account.accountId, fields)
      this.#issued.push(...Object.values(fields))
    }
  }

  /** The fields of every key that was ever good; a reset does not forget them. */
  issued(): readonly string[] {
    return [...this.#issued]
  }

  reset(): void {
    this.#replaced.clear()
  }
}
