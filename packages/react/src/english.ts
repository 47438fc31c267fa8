import { buttonTexts } from './connect-button/buttonTexts.ts'
import { noteTexts } from './connect-button/noteTexts.ts'
import type { Messages } from './messages.ts'

/** The English texts, which hold wherever an app gives none of its own. */
export const english: Messages = { ...buttonTexts, ...noteTexts, errors: { ...buttonTexts.errors, ...noteTexts.errors } }
