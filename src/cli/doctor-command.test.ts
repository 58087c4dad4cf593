import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { restoringMark } from '../backup/restoring-mark.ts';
import { createDoctorCommand } from './doctor-command.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-doctor-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('leaves a directory alone that is being restored: its bytes come before their records', async () => {
  mkdirSync(join(root, 'meta'));
  writeFileSync(join(root, restoringMark), '');
  const loadDoctor = async () => {
    throw new Error('it would have examined');
  };
  const command = createDoctorCommand({ loadDoctor }, () => {});
  const args = ['--repair', '--data-dir', root];
  await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow(
    'not restored to the end',
  );
});
