//! Who may see and change what. Every method of the store takes a [`Scope`], and it is turned
//! into rights here and nowhere else.

use std::collections::BTreeSet;

use crate::id::{CompanyId, TenantId};
use crate::store::StoreError;
use crate::store::sql::Sql;

/// The part of the store that a caller may reach. What lies outside looks as if it did not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The company, always exactly one.
    pub company: CompanyId,
    /// Which of its tenants.
    pub tenants: Tenants,
}

/// The tenants within a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenants {
    /// The whole company, with what belongs to no single tenant (trunks for all, tokens, …).
    All,
    /// These tenants only.
    Only(BTreeSet<TenantId>),
}

/// To whom a row belongs; decides who may change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The company as a whole.
    Company,
    /// Each of these tenants; a change needs rights in all of them.
    Tenants(BTreeSet<TenantId>),
}

impl From<Option<TenantId>> for Owner {
    fn from(tenant: Option<TenantId>) -> Self {
        tenant.map_or(Self::Company, |tenant| Self::Tenants(BTreeSet::from([tenant])))
    }
}

/// How the rows of a table show to which tenant they belong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// The row is the tenant.
    Itself,
    /// By the column `tenant_id`; NULL belongs to the company.
    Tenant,
    /// By the roles of the user in this column.
    User(&'static str),
    /// It belongs to no tenant; all of the company may see it.
    Company,
}

impl Scope {
    /// All of a company.
    pub fn company(company: CompanyId) -> Self {
        Self { company, tenants: Tenants::All }
    }

    /// Only these tenants of a company.
    pub fn tenants(company: CompanyId, tenants: impl IntoIterator<Item = TenantId>) -> Self {
        Self { company, tenants: Tenants::Only(tenants.into_iter().collect()) }
    }

    /// This scope, narrowed to one tenant: nothing if the tenant lies outside.
    pub fn narrow(&self, tenant: TenantId) -> Self {
        let inside = self.reaches(tenant).then_some(tenant);
        Self::tenants(self.company, inside)
    }

    /// Whether rows of this tenant may be seen.
    pub fn reaches(&self, tenant: TenantId) -> bool {
        match &self.tenants {
            Tenants::All => true,
            Tenants::Only(tenants) => tenants.contains(&tenant),
        }
    }

    /// Refuses a change to a row of `owner` that this scope does not wholly contain.
    pub(super) fn admit(&self, what: &str, owner: &Owner) -> Result<(), StoreError> {
        let inside = match (&self.tenants, owner) {
            (Tenants::All, _) => true,
            (Tenants::Only(_), Owner::Company) => false,
            (Tenants::Only(mine), Owner::Tenants(theirs)) => !theirs.is_empty() && theirs.is_subset(mine),
        };
        match inside {
            true => Ok(()),
            false => Err(StoreError::forbidden(
                format!("this {what} belongs to more than the tenants you administer"),
                "ask an administrator of the company",
            )),
        }
    }

    /// Appends the condition that rows of the table named `t` lie within this scope.
    pub(super) fn condition(&self, sql: &mut Sql, reach: Reach) {
        sql.push("t.company_id = ").bind(self.company.to_string());
        let Tenants::Only(tenants) = &self.tenants else { return };
        if tenants.is_empty() && !matches!(reach, Reach::Company) {
            sql.push(" AND 1 = 0");
            return;
        }
        let (before, after) = match reach {
            Reach::Itself => (" AND t.id IN (".to_owned(), ")"),
            Reach::Company => return,
            Reach::Tenant => (" AND t.tenant_id IN (".to_owned(), ")"),
            Reach::User(column) => (
                format!(
                    " AND EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = t.{column} AND r.tenant_id IN ("
                ),
                "))",
            ),
        };
        sql.push(&before).bind_list(tenants.iter().map(TenantId::to_string)).push(after);
    }
}
