import { dnsLabel, normalizeSetting, type AuthSummary, type ProviderSummary } from '@authpipe/core'

/** One input of the form: a setting or a field of the provider. */
export interface FormInput {
  readonly group: 'settings' | 'fields'
  readonly id: string
  readonly label: string
  readonly secret: boolean
  readonly description?: string | undefined
  readonly placeholder?: string | undefined
  readonly prefix?: string | undefined
  readonly suffix?: string | undefined
  readonly helpUrl?: string | undefined
  /** What a person means by what they typed or pasted. */
  tidy(typed: string): string
  /** Whether a tidy value can be right; the server judges it again, and the provider after it. */
  accepts(value: string): boolean
}

/** What an input is called in the form, which no two share. */
export const nameOf = ({ group, id }: FormInput): string => `${group}.${id}`

/** The inputs of one way to connect: settings first. A connection that is there keeps its settings, so only the fields are asked. */
export function formInputs({ settings }: ProviderSummary, way: AuthSummary, isUpdate: boolean): readonly FormInput[] {
  const asked = isUpdate ? [] : settingsOf(settings, way.kind)
  return [
    ...asked.map((setting): FormInput => {
      const whole = new RegExp(`^(?:${setting.pattern})$`)
      return {
        ...setting,
        group: 'settings',
        secret: false,
        tidy: (typed) => normalizeSetting(setting, typed),
        accepts: (value) => dnsLabel.test(value) && whole.test(value),
      }
    }),
    ...way.fields.map((field): FormInput => {
      const whole = new RegExp(`^(?:${field.pattern ?? '.+'})$`)
      return {
        ...field,
        group: 'fields',
        tidy: (typed) => typed.trim(),
        // The characters that a header can carry.
        accepts: (value) => /^[\x20-\x7e]+$/.test(value) && whole.test(value),
      }
    }),
  ]
}

/** The settings that a way to connect needs. */
export const settingsOf = (settings: ProviderSummary['settings'], kind: AuthSummary['kind']): ProviderSummary['settings'] =>
  settings.filter(({ onlyFor }) => !onlyFor || onlyFor.includes(kind))
