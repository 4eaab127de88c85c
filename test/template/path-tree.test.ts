import { PathTree } from '../../lib/template/path-tree';

it('knows values by their paths, and nothing below others', () => {
  const tree = new PathTree<string>();
  expect(tree.isEmpty).toBe(true);
  tree.at(['Resources', 'Web', 0]).value = 'web';
  expect(tree.isEmpty).toBe(false);
  expect(tree.at(['Resources', 'Web', 0]).value).toBe('web');
  expect(tree.below('Resources')?.below('Web')?.below(0)?.value).toBe('web');
  expect(tree.below('Resources')?.below('Other')).toBeUndefined();
  expect(tree.below('Outputs')).toBeUndefined();
});

it('takes an index for its text, as keys of maps are', () => {
  const tree = new PathTree<string>();
  tree.at(['a', '1']).value = 'one';
  expect(tree.below('a')?.below(1)?.value).toBe('one');
});

it('has a value of the root too', () => {
  const tree = new PathTree<string>();
  tree.at([]).value = 'top';
  expect(tree.isEmpty).toBe(false);
});
