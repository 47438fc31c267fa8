import { cardTexts } from '../connection-card/cardTexts.ts'
import { listTexts } from '../connection-list/listTexts.ts'
import { englishCredentialMessages } from '../credential-dialog/credentialMessages.ts'
import { disconnectTexts } from '../disconnect-dialog/disconnectTexts.ts'
import { english as common } from '../english.ts'
import { badgeTexts } from '../health-badge/badgeTexts.ts'
import { installTexts } from '../install-button/installTexts.ts'
import type { LocaleMessages } from '../messages.ts'
import { gridTexts } from '../provider-grid/gridTexts.ts'
import { bannerTexts } from '../reconnect-banner/bannerTexts.ts'
import { requestTexts } from '../request-connection/requestTexts.ts'
import { scopeTexts } from '../scope-picker/scopeTexts.ts'

/** Every English text, to translate from. The components bring them, so that no page has to load this. */
export const english: LocaleMessages = {
  locale: 'en',
  ...common,
  credentialDialog: englishCredentialMessages,
  installButton: installTexts,
  providerGrid: gridTexts,
  healthBadge: badgeTexts,
  connectionCard: cardTexts,
  connectionList: listTexts,
  disconnectDialog: disconnectTexts,
  reconnectBanner: bannerTexts,
  requestConnection: requestTexts,
  scopePicker: scopeTexts,
}
