// What the page offers to whom, by role. Only what is shown: the server decides (corpus/access.h).

const may = {
  annotate: ['annotator', 'reviewer', 'scientist', 'owner', 'admin'],
  submit: ['annotator', 'scientist', 'owner', 'admin'],
  judge: ['reviewer', 'owner', 'admin'],
  see_releases: ['manager', 'reviewer', 'scientist', 'trainer', 'owner', 'admin'],
  see_splits: ['manager', 'reviewer', 'scientist', 'owner', 'admin'],
  split: ['manager', 'scientist', 'owner', 'admin'],
  release: ['scientist', 'owner', 'admin'],
  export: ['manager', 'scientist', 'trainer', 'owner', 'admin'],
  manage_members: ['manager', 'owner', 'admin'],
  manage_organisation: ['owner', 'admin'],
  manage_project: ['manager', 'owner', 'admin'],
  change_schema: ['manager', 'scientist', 'owner', 'admin'],
  retry: ['manager', 'owner', 'admin'],
  read: ['manager', 'reviewer', 'annotator', 'scientist', 'owner', 'admin'],
  upload: ['uploader', 'owner', 'admin'],
} as const;

export const allows = (roles: readonly string[], what: keyof typeof may): boolean =>
  roles.some((role) => (may[what] as readonly string[]).includes(role));

// Whoever may only judge reviews; everybody else labels.
export const work_of = (roles: readonly string[]): 'label' | 'review' =>
  (allows(roles, 'judge') && !allows(roles, 'submit') ? 'review' : 'label');
