/** The name to show for a provider before the server has told it: the words of its id, capitalised. */
export const providerName = (id: string): string =>
  id === 'livechat' ? 'LiveChat' : id.replace(/(^|-)(\w)/g, (_, dash: string, letter: string) => (dash && ' ') + letter.toUpperCase())
