import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoDocuments } from '../../../lib/targets/local/document';

it('does not rehearse DocumentDB, and says so', () => {
  expect(whyNoDocuments('')).toBe('nothing on this machine stands in for DocumentDB; rehearse it on AWS');
});

it('does not use a mongod that it finds, and says why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'twin-document-'));
  try {
    writeFileSync(join(folder, 'mongod'), '');
    expect(whyNoDocuments(folder)).not.toContain('mongod');
    chmodSync(join(folder, 'mongod'), 0o755);
    expect(whyNoDocuments(`relative:${folder}`)).toBe(
      `nothing on this machine stands in for DocumentDB, and ${folder}/mongod is not used: MongoDB in its place is not tested; rehearse it on AWS`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
