import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';

/** What the schema of Jenkins finds in a JUnit report. */
export async function junitFaults(xml: string): Promise<string[]> {
  const schema = readFileSync(`${__dirname}/junit-10.xsd`, 'utf8');
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [{ fileName: 'junit-10.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}
