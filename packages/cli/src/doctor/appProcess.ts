// Loads an app in a process of its own: whatever the app opens, prints or knows ends with it.
import type { AppQuestion } from './appQuestion.ts'
import { examineApp } from './examineApp.ts'

process.once('message', (question: AppQuestion) => {
  void examineApp(question).then((answer) => process.send?.(answer, () => process.exit()))
})
