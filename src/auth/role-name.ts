/** A role as users and other roles name it: the same name in another database is another role. */
export interface RoleName {
  readonly role: string;
  readonly db: string;
}
