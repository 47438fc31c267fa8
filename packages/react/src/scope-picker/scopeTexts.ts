// The texts of the picker. Apart from the others, so that a page without it loads none of them.

/** The texts of `ScopePicker`. */
export interface ScopeTexts {
  /**
   * `{provider}` stands for the provider's name.
   * @defaultValue `What may be done in {provider}`
   */
  readonly legend: string
  /**
   * Why one cannot be left out.
   * @defaultValue `Required`
   */
  readonly required: string
  /**
   * One that is there already.
   * @defaultValue `Granted`
   */
  readonly granted: string
  /**
   * One that is added to what is there.
   * @defaultValue `New`
   */
  readonly added: string
  /**
   * Who can grant it; `{role}` stands for the role.
   * @defaultValue `Needs {role}`
   */
  readonly role: string
  /** @defaultValue `{provider} has no permissions to choose from.` */
  readonly none: string
}

export const scopeTexts: ScopeTexts = {
  legend: 'What may be done in {provider}',
  required: 'Required',
  granted: 'Granted',
  added: 'New',
  role: 'Needs {role}',
  none: '{provider} has no permissions to choose from.',
}
