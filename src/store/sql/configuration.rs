//! Writing the configuration: what a change refers to is looked up, and what it must not
//! contradict is checked, in the transaction that makes it.

use std::collections::BTreeMap;

use super::rights::check_tenant_grant;
use super::statement::Sql;
use super::table::{Noun, select_all};
use super::{SqlStore, Tx, table};
use crate::id::{DeviceId, GroupId, NumberId, TenantId, TokenId, TrunkId, UserId};
use crate::store::{
    Company, Device, DeviceChange, DeviceMade, Directory, Group, GroupChange, Key, NewDevice, NewGroup,
    NewNumber, NewTenant, NewToken, NewTrunk, NewUser, Number, NumberChange, Scope, StoreError, Tenant,
    TenantChange, Token, TokenChange, TokenMade, Trunk, TrunkChange, User, UserChange, field, secret,
};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    /// All nouns within the scope, by name.
    pub(super) async fn list<N: Noun>(&self, scope: &Scope) -> Result<Vec<N>> {
        table::many(&self.db.query(select_all::<N>(scope)).await?)
    }

    /// The one noun that `key` means.
    pub(super) async fn find<N: Noun>(&self, scope: &Scope, key: &Key) -> Result<N> {
        table::single(&self.db.query(table::select_one::<N>(scope, key)).await?, key)
    }

    /// Removes the one noun that `key` means.
    pub(super) async fn remove<N: Noun>(&self, scope: &Scope, key: &Key) -> Result<()> {
        let (mut tx, _) = self.change(scope).await?;
        let noun: N = tx.one_to_change(scope, key).await?;
        tx.delete(&noun).await?;
        Ok(tx.commit().await?)
    }

    /// Begins a change of the configuration.
    pub(super) async fn change(&self, scope: &Scope) -> Result<(Tx, Company)> {
        let mut tx = self.db.begin().await?;
        let company = tx.hold_company(scope).await?;
        Ok((tx, company))
    }

    pub(super) async fn read_directory(&self, scope: &Scope) -> Result<Directory> {
        let mut tx = self.db.snapshot().await?;
        let mut sql = Sql::new("SELECT t.* FROM companies t WHERE t.id = ");
        sql.bind(scope.company.to_string());
        let rows = tx.query(sql).await?;
        let company = rows.first().map(Company::read);
        Ok(Directory {
            company: company.ok_or_else(|| StoreError::not_found("company", scope.company))??,
            tenants: tx.all(scope).await?,
            numbers: tx.all(scope).await?,
            users: tx.all(scope).await?,
            devices: tx.all(scope).await?,
            groups: tx.all(scope).await?,
            widgets: tx.all(scope).await?,
            mailboxes: tx.all(scope).await?,
            trunks: tx.all(scope).await?,
            destinations: tx.all(scope).await?,
        })
    }

    pub(super) async fn insert_tenant(&self, scope: &Scope, new: NewTenant) -> Result<Tenant> {
        let tenant = Tenant::new(self.id(TenantId::new), new)?;
        check_tenant_grant(scope, None, &tenant)?;
        let (mut tx, _) = self.change(scope).await?;
        tx.insert(scope, &tenant).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    pub(super) async fn update_tenant(
        &self,
        scope: &Scope,
        key: &Key,
        change: TenantChange,
    ) -> Result<Tenant> {
        let (mut tx, _) = self.change(scope).await?;
        let mut tenant: Tenant = tx.one_to_change(scope, key).await?;
        let before = tenant.clone();
        tenant.apply(change)?;
        check_tenant_grant(scope, Some(&before), &tenant)?;
        tx.update(scope, &tenant).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    pub(super) async fn insert_number(&self, scope: &Scope, new: NewNumber) -> Result<Number> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant: Tenant = tx.one(scope, &new.tenant).await?;
        let number = Number::new(self.id(NumberId::new), tenant.id, new)?;
        tx.check_owner(scope, &number).await?;
        tx.check_undialled::<User>(scope, "short", number.short.as_deref()).await?;
        tx.insert(scope, &number).await?;
        tx.commit().await?;
        Ok(number)
    }

    pub(super) async fn update_number(
        &self,
        scope: &Scope,
        key: &Key,
        change: NumberChange,
    ) -> Result<Number> {
        let (mut tx, _) = self.change(scope).await?;
        let mut number: Number = tx.one_to_change(scope, key).await?;
        let tenant = tx.tenant_of(scope, change.tenant.as_ref()).await?;
        number.apply(tenant, change)?;
        tx.check_owner(scope, &number).await?;
        tx.check_undialled::<User>(scope, "short", number.short.as_deref()).await?;
        tx.update(scope, &number).await?;
        tx.commit().await?;
        Ok(number)
    }

    pub(super) async fn insert_user(&self, scope: &Scope, new: NewUser) -> Result<User> {
        let hash = self.password_hash(new.password.as_deref()).await?;
        let (mut tx, _) = self.change(scope).await?;
        let roles = tx.by_tenant(scope, &new.roles).await?;
        let mut user = User::new(self.id(UserId::new), roles, &new)?;
        user.password_hash = hash;
        tx.check_grant(scope, &user).await?;
        tx.check_undialled::<Number>(scope, "extension", user.extension.as_deref()).await?;
        tx.insert(scope, &user).await?;
        tx.commit().await?;
        Ok(user)
    }

    pub(super) async fn update_user(&self, scope: &Scope, key: &Key, change: UserChange) -> Result<User> {
        let hash = match &change.password {
            Some(password) => Some(self.password_hash(password.as_deref()).await?),
            None => None,
        };
        let (mut tx, _) = self.change(scope).await?;
        let mut user: User = tx.one_to_change(scope, key).await?;
        let roles = tx.by_tenant(scope, &change.roles).await?;
        let before = user.calls.clone();
        user.apply(roles, &change)?;
        if user.calls != before || !change.roles.is_empty() {
            tx.check_grant(scope, &user).await?;
        }
        user.password_hash = hash.unwrap_or(user.password_hash);
        tx.check_undialled::<Number>(scope, "extension", user.extension.as_deref()).await?;
        tx.check_memberships(scope, &user).await?;
        tx.update(scope, &user).await?;
        if change.password.is_some() {
            // Whoever knew the old one is out.
            tx.end_logins_beyond(scope, user.id, 0).await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    pub(super) async fn insert_device(&self, scope: &Scope, new: NewDevice) -> Result<DeviceMade> {
        let secret = new.secret.clone().unwrap_or_else(|| self.draw(secret::device_secret));
        let (mut tx, company) = self.change(scope).await?;
        let user: User = tx.one(scope, &new.user).await?;
        let device = Device::new(self.id(DeviceId::new), &user, &company.realm, &new, &secret)?;
        tx.insert(scope, &device).await?;
        tx.commit().await?;
        Ok(DeviceMade { device, secret })
    }

    pub(super) async fn update_device(
        &self,
        scope: &Scope,
        key: &Key,
        change: DeviceChange,
    ) -> Result<Device> {
        let (mut tx, _) = self.change(scope).await?;
        let mut device: Device = tx.one_to_change(scope, key).await?;
        let user = match &change.user {
            Some(key) => Some(tx.one::<User>(scope, key).await?),
            None => None,
        };
        device.apply(user.as_ref(), change)?;
        tx.update(scope, &device).await?;
        tx.commit().await?;
        Ok(device)
    }

    pub(super) async fn insert_group(&self, scope: &Scope, new: NewGroup) -> Result<Group> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant: Tenant = tx.one(scope, &new.tenant).await?;
        let members = tx.members_of(scope, &tenant, &new.members).await?;
        let group = Group::new(self.id(GroupId::new), tenant.id, members, new)?;
        tx.insert(scope, &group).await?;
        tx.commit().await?;
        Ok(group)
    }

    pub(super) async fn update_group(&self, scope: &Scope, key: &Key, change: GroupChange) -> Result<Group> {
        let (mut tx, _) = self.change(scope).await?;
        let mut group: Group = tx.one_to_change(scope, key).await?;
        let members = match &change.members {
            Some(members) => {
                let tenant: Tenant = tx.one(scope, &group.tenant.into()).await?;
                Some(tx.members_of(scope, &tenant, members).await?)
            }
            None => None,
        };
        group.apply(members, change)?;
        tx.update(scope, &group).await?;
        tx.commit().await?;
        Ok(group)
    }

    pub(super) async fn insert_trunk(&self, scope: &Scope, new: NewTrunk) -> Result<Trunk> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant = tx.tenant_of(scope, new.tenant.as_ref()).await?;
        let trunk = Trunk::new(self.id(TrunkId::new), tenant, new)?;
        tx.insert(scope, &trunk).await?;
        tx.commit().await?;
        Ok(trunk)
    }

    pub(super) async fn update_trunk(&self, scope: &Scope, key: &Key, change: TrunkChange) -> Result<Trunk> {
        let (mut tx, _) = self.change(scope).await?;
        let mut trunk: Trunk = tx.one_to_change(scope, key).await?;
        let tenant = match &change.tenant {
            Some(tenant) => Some(tx.tenant_of(scope, tenant.as_ref()).await?),
            None => None,
        };
        trunk.apply(tenant, change)?;
        tx.update(scope, &trunk).await?;
        tx.commit().await?;
        Ok(trunk)
    }

    pub(super) async fn insert_token(&self, scope: &Scope, new: NewToken) -> Result<TokenMade> {
        let secret = self.draw(secret::token_secret);
        let (mut tx, _) = self.change(scope).await?;
        let tenant = tx.tenant_of(scope, new.tenant.as_ref()).await?;
        let token = Token::new(self.id(TokenId::new), tenant, &secret, SqlStore::now(), new)?;
        tx.insert(scope, &token).await?;
        tx.commit().await?;
        Ok(TokenMade { token, secret })
    }

    pub(super) async fn update_token(&self, scope: &Scope, key: &Key, change: TokenChange) -> Result<Token> {
        let (mut tx, _) = self.change(scope).await?;
        let mut token: Token = tx.one_to_change(scope, key).await?;
        token.apply(change)?;
        tx.update(scope, &token).await?;
        tx.commit().await?;
        Ok(token)
    }

    pub(super) async fn find_token(&self, scope: &Scope, secret: &str) -> Result<Option<Token>> {
        let hash = secret::token_hash(secret);
        let mut sql = table::select::<Token>(scope);
        sql.push(" AND t.hash = ").bind(&hash);
        let tokens = table::many::<Token>(&self.db.query(sql).await?)?;
        Ok(tokens.into_iter().find(|token| secret::same(&token.hash, &hash)))
    }

    pub(super) async fn check_login(
        &self,
        scope: &Scope,
        name: &str,
        password: &str,
    ) -> Result<Option<User>> {
        let rows = self.db.query(table::select_one::<User>(scope, &Key::Name(name.to_owned()))).await?;
        let user = table::many::<User>(&rows)?.pop();
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        // Nothing longer than a password may be is hashed.
        let password = field::password("password", password).map(str::to_owned).unwrap_or_default();
        let right = blocking(move || Ok(secret::verify_password(&password, hash.as_deref()))).await?;
        Ok(user.filter(|_| right))
    }

    async fn password_hash(&self, password: Option<&str>) -> Result<Option<String>> {
        let Some(password) = password else { return Ok(None) };
        let password = field::password("password", password)?.to_owned();
        let salt = self.draw(|entropy| {
            let mut salt = [0; 16];
            entropy.fill(&mut salt);
            salt
        });
        blocking(move || secret::hash_password(&password, salt)).await.map(Some)
    }
}

/// Runs what takes long where it holds no task up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Unavailable(error.to_string()))?
}

impl Tx {
    async fn tenant_of(&mut self, scope: &Scope, key: Option<&Key>) -> Result<Option<TenantId>> {
        match key {
            Some(key) => Ok(Some(self.one::<Tenant>(scope, key).await?.id)),
            None => Ok(None),
        }
    }

    async fn by_tenant<T: Copy>(
        &mut self,
        scope: &Scope,
        roles: &BTreeMap<Key, T>,
    ) -> Result<BTreeMap<TenantId, T>> {
        let mut resolved = BTreeMap::new();
        for (key, role) in roles {
            resolved.insert(self.one::<Tenant>(scope, key).await?.id, *role);
        }
        Ok(resolved)
    }

    /// Extensions and short numbers are dialled alike, so none may be both. `Other` has the digits of
    /// the other kind; the whole company is looked through, whatever the scope.
    async fn check_undialled<Other: Noun>(
        &mut self,
        scope: &Scope,
        field: &'static str,
        digits: Option<&str>,
    ) -> Result<()> {
        let Some(digits) = digits else { return Ok(()) };
        let column = if field == "short" { "extension" } else { "short" };
        let mut sql = table::select::<Other>(&Scope::company(scope.company));
        sql.push(&format!(" AND t.{column} = ")).bind(digits);
        match self.query(sql).await?.is_empty() {
            true => Ok(()),
            false => Err(StoreError::conflict(
                format!("{digits} is the {column} of a {} already", Other::WHAT),
                format!("choose another {field}"),
            )),
        }
    }

    /// A number that lies in a block of another tenant would be two tenants'. Within one tenant the single
    /// number is an exception of the block. The whole company is looked through, whatever the scope.
    async fn check_owner(&mut self, scope: &Scope, number: &Number) -> Result<()> {
        let all: Vec<Number> = self.all(&Scope::company(scope.company)).await?;
        let others =
            all.iter().filter(|other| other.tenant != number.tenant && other.number != number.number);
        let met = others.filter(|other| other.id != number.id).find(|other| other.meets(number));
        match met {
            None => Ok(()),
            Some(other) => Err(StoreError::conflict(
                format!("{} and {} have numbers in common", number.number, other.number),
                "change one of the two",
            )),
        }
    }

    /// The users that `keys` mean, who have to have a role in the tenant.
    async fn members_of(&mut self, scope: &Scope, tenant: &Tenant, keys: &[Key]) -> Result<Vec<UserId>> {
        let users: Vec<User> = self.all(scope).await?;
        let by_name: BTreeMap<&str, &User> = users.iter().map(|user| (user.name.as_str(), user)).collect();
        let by_id: BTreeMap<_, &User> = users.iter().map(|user| (user.id.0, user)).collect();
        let mut members = Vec::new();
        for key in keys {
            let user = match key {
                Key::Id(id) => by_id.get(id),
                Key::Name(name) => by_name.get(name.as_str()),
            };
            let user = user.ok_or_else(|| StoreError::not_found("user", key))?;
            if !user.roles.contains_key(&tenant.id) {
                let what = format!("`{}` has no role in tenant `{}`", user.name, tenant.name);
                return Err(StoreError::invalid("members", what, "give the user a role there first"));
            }
            if members.contains(&user.id) {
                let what = format!("`{}` is named twice", user.name);
                return Err(StoreError::invalid("members", what, "name each member once"));
            }
            members.push(user.id);
        }
        Ok(members)
    }

    /// A user without a role in a tenant cannot stay in its groups.
    async fn check_memberships(&mut self, scope: &Scope, user: &User) -> Result<()> {
        let groups: Vec<Group> = self.all(scope).await?;
        let left =
            |group: &&Group| group.members.contains(&user.id) && !user.roles.contains_key(&group.tenant);
        match groups.iter().find(left) {
            None => Ok(()),
            Some(group) => Err(StoreError::conflict(
                format!(
                    "`{}` is a member of group `{}`, which needs a role in its tenant",
                    user.name, group.name
                ),
                "take the user out of the group first",
            )),
        }
    }
}
