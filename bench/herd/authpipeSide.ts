import { createAuthpipe, generateKey } from '@authpipe/next'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { createKeyring, parseKeys } from '../../packages/next/src/vault/keyring.ts'
import { createVault } from '../../packages/next/src/vault/vault.ts'
import { secretContext } from '../../packages/next/src/credentials/sealTokens.ts'
import { encodeSecret } from '../../packages/next/src/credentials/storedSecret.ts'
import { SqliteStore } from '../../packages/next/src/store/sqlite/sqliteStore.ts'
import type { SecretField } from '../../packages/next/src/store/store.ts'
import { plain } from '../../packages/next/test/textbookProvider.ts'
import { activeConnection } from '../fillDatabase.ts'
import type { HerdSide } from './HerdSide.ts'

const ref = { provider: 'plain', tenantId: 'org_herd', userId: 'user_herd' }

export const authpipeSide: HerdSide = {
  name: 'authpipe',
  async prepare({ path, tokens }) {
    const keys = generateKey()
    const store = new SqliteStore({ path })
    await store.open()
    const vault = createVault({ store, keyManager: createKeyring(parseKeys(keys)) })
    await vault.ready()
    const connection = { ...activeConnection(ref.tenantId, ref.userId), provider: ref.provider, expiresAt: Date.now() - 1 }
    const seal = async (field: SecretField, plaintext: Uint8Array) => {
      const place = { tenantId: ref.tenantId, connectionId: connection.id, field, grantGeneration: 1, tokenGeneration: 1 }
      return { ...place, sealed: await vault.seal(secretContext(ref.provider, place), plaintext) }
    }
    await store.commit(
      {
        tenantId: ref.tenantId,
        connectionId: connection.id,
        expect: 'absent',
        connection,
        secrets: [await seal('credential', encodeSecret({ accessToken: tokens.accessToken })), await seal('refresh_token', new TextEncoder().encode(tokens.refreshToken))],
        schedule: { refreshAt: Date.now() - 1 },
      },
      [],
    )
    vault.close()
    await store.close()
    return keys
  },
  async open({ path, sandboxUrl }, keys) {
    const authpipe = createAuthpipe({
      providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', sandboxUrl) })],
      identify: () => null,
      baseUrl: 'http://localhost:3000/api/authpipe',
      database: `file:${path}`,
      keys,
      allowInsecureLoopback: true,
      maintenance: 'manual',
    })
    await authpipe.ready()
    return async () => (await authpipe.getCredential(ref)).credential
  },
}
