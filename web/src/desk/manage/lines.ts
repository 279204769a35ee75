/** What stands in a field with one thing in each line: without empty lines, each thing once whatever its capital letters. */
export function lines(text: string): string[] {
  const all = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' ')).filter((line) => line !== '');
  const folded = all.map((line) => line.toLocaleLowerCase());
  return all.filter((_, at) => folded.indexOf(folded[at] ?? '') === at);
}
