import { expect, it } from 'vitest';
import { parseAccountedFacts, parseShownFacts } from './parse-end-facts.ts';
import type { JobId } from './slurm.ts';

const shown = (fields: string, name = 'job.sh') =>
  `JobId=7 JobName=${name} UserId=bot(1) JobState=TIMEOUT Reason=TimeLimit ${fields} WorkDir=/jobs/7 StdErr=/jobs/7/x\n`;
const GiB = 1024 ** 3;

it.each`
  what                                  | text                                                                                       | facts
  ${'a time limit and a node'}          | ${shown('RunTime=00:01:00 TimeLimit=00:01:00 TimeMin=N/A ReqNodeList=(null) NodeList=n1')} | ${{ timeLimit: '00:01:00', nodes: 'n1' }}
  ${'days'}                             | ${shown('TimeLimit=1-00:00:00')}                                                           | ${{ timeLimit: '1-00:00:00' }}
  ${'no limit'}                         | ${shown('TimeLimit=UNLIMITED NodeList=(null)')}                                            | ${{}}
  ${'several nodes'}                    | ${shown('NodeList=c[1-3,7]')}                                                              | ${{ nodes: 'c[1-3,7]' }}
  ${'the node that failed'}             | ${shown('FailedNode=n2 NodeList=n[1-2]')}                                                  | ${{ nodes: 'n[1-2]', failedNode: 'n2' }}
  ${'more nodes than can be shown'}     | ${shown(`NodeList=n[${'1,'.repeat(100)}2]`)}                                               | ${{}}
  ${'memory, 23.02 and newer'}          | ${shown('ReqTRES=cpu=1,mem=2G,node=1 AllocTRES=cpu=1,mem=4G,node=1,billing=1')}            | ${{ memoryBytes: 4 * GiB }}
  ${'memory, before'}                   | ${shown('TRES=cpu=1,mem=60M,node=1,billing=1')}                                            | ${{ memoryBytes: 60 * 1024 ** 2 }}
  ${'a fraction'}                       | ${shown('AllocTRES=cpu=1,mem=1.50G')}                                                      | ${{ memoryBytes: 1.5 * GiB }}
  ${'a name that looks like a field'}   | ${shown('TimeLimit=00:01:00 NodeList=n1', 'x TimeLimit=9-00:00:00')}                       | ${{ nodes: 'n1' }}
  ${'a node with Markdown in its name'} | ${shown('NodeList=[x](https://evil)')}                                                     | ${{}}
  ${'other words'}                      | ${'slurm_load_jobs error'}                                                                 | ${{}}
`('scontrol: $what', ({ text, facts }) => {
  expect(parseShownFacts(text)).toEqual(facts);
});

const border = '@5e1f@';
const row = (...fields: string[]) => `${fields.map((field) => field + border).join('')}\n`;
const step = (name: string, maxRss: string) => row(`7.${name}`, maxRss, '', '1', '1', '', 'n1', '');

it.each`
  what                              | text                                                                                                        | facts
  ${'the largest of its steps'}     | ${row('7', '', '4G', '1', '2', '01:00:00', 'n1', '/jobs/7') + step('batch', '4087644K') + step('0', '12K')} | ${{ timeLimit: '01:00:00', nodes: 'n1', memoryBytes: 4 * GiB, peakBytes: 4087644 * 1024 }}
  ${'no peak yet'}                  | ${row('7', '', '4G', '1', '2', '01:00:00', 'n1', '/jobs/7') + step('batch', '') + step('extern', '0')}      | ${{ timeLimit: '01:00:00', nodes: 'n1', memoryBytes: 4 * GiB }}
  ${'memory per CPU, until 20.11'}  | ${row('7', '', '2Gc', '1', '4', '', '', '/jobs/7')}                                                         | ${{ memoryBytes: 8 * GiB }}
  ${'memory per node, until 20.11'} | ${row('7', '', '2Gn', '2', '4', '', '', '/jobs/7')}                                                         | ${{ memoryBytes: 4 * GiB }}
  ${'a job of this id elsewhere'}   | ${row('7', '', '4G', '1', '2', '01:00:00', 'n1', '/other/7')}                                               | ${{}}
  ${'no directory'}                 | ${row('7', '', '', '1', '2', 'UNLIMITED', 'None assigned', '')}                                             | ${{}}
  ${'other words'}                  | ${'sacct: error'}                                                                                           | ${{}}
`('sacct: $what', ({ text, facts }) => {
  expect(parseAccountedFacts(text, border, '7' as JobId, '/jobs/7')).toEqual(facts);
});
