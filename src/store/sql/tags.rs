//! What a tenant prepares for work on sessions: its catalogue of tags, and its templates.

use std::collections::BTreeSet;

use super::statement::{Sql, containing};
use super::{Noun, SqlStore, Tx, table};
use crate::id::{TagId, TemplateId, TenantId, UserId};
use crate::matching::fold;
use crate::store::session_work::folded;
use crate::store::tag::MOST_TAGS;
use crate::store::template::MOST_TEMPLATES;
use crate::store::{
    Key, NewTag, NewTemplate, Scope, StoreError, Tag, TagChange, Template, TemplateChange, Tenant,
};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn insert_tag(&self, scope: &Scope, new: NewTag) -> Result<Tag> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant = tx.tenant_named(scope, new.tenant.as_ref()).await?;
        let tag = Tag::new(self.id(TagId::new), tenant.id, new)?;
        tx.refuse_known(scope, &tag).await?;
        tx.refuse_more::<Tag>(scope, tenant.id, MOST_TAGS).await?;
        tx.insert(scope, &tag).await?;
        tx.commit().await?;
        self.find(scope, &Key::Id(tag.id.0)).await
    }

    pub(super) async fn update_tag(&self, scope: &Scope, id: TagId, change: TagChange) -> Result<Tag> {
        let (mut tx, _) = self.change(scope).await?;
        let mut tag: Tag = tx.one_to_change(scope, &Key::Id(id.0)).await?;
        tag.apply(change)?;
        tx.refuse_known(scope, &tag).await?;
        tx.update(scope, &tag).await?;
        tx.commit().await?;
        self.find(scope, &Key::Id(id.0)).await
    }

    /// The words that this operator has set most often for a tenant, the most frequent first.
    pub(super) async fn most_used_tags(
        &self,
        scope: &Scope,
        tenant: TenantId,
        user: UserId,
        limit: u32,
    ) -> Result<Vec<String>> {
        if !scope.reaches(tenant) {
            return Ok(vec![]);
        }
        let mut sql = Sql::new("SELECT u.name FROM tag_uses u WHERE u.user_id = ");
        sql.bind(user.to_string()).push(" AND u.tenant_id = ").bind(tenant.to_string());
        sql.push(" AND u.uses > 0 ORDER BY u.uses DESC, u.folded LIMIT ").bind(limit);
        self.db.query(sql).await?.iter().map(|row| row.text("name")).collect()
    }

    pub(super) async fn find_templates(
        &self,
        scope: &Scope,
        user: Option<UserId>,
        text: Option<&str>,
    ) -> Result<Vec<Template>> {
        let mut sql = table::select::<Template>(scope);
        for word in text.unwrap_or_default().split_whitespace() {
            sql.push(" AND t.searched LIKE ").bind(containing(&fold(word))).push(" ESCAPE '\\'");
        }
        sql.push(" ORDER BY t.shortcut, t.id");
        let mut templates: Vec<Template> = table::many(&self.db.query(sql).await?)?;
        let stars = self.stars_of(user).await?;
        for template in &mut templates {
            template.starred = stars.contains(&template.id);
        }
        Ok(templates)
    }

    pub(super) async fn read_template(
        &self,
        scope: &Scope,
        user: Option<UserId>,
        id: TemplateId,
    ) -> Result<Template> {
        let template: Template = self.find(scope, &Key::Id(id.0)).await?;
        let starred = self.stars_of(user).await?.contains(&id);
        Ok(Template { starred, ..template })
    }

    async fn stars_of(&self, user: Option<UserId>) -> Result<BTreeSet<TemplateId>> {
        let Some(user) = user else { return Ok(BTreeSet::new()) };
        let mut sql = Sql::new("SELECT s.template_id FROM template_stars s WHERE s.user_id = ");
        sql.bind(user.to_string());
        self.db.query(sql).await?.iter().map(|row| row.id("template_id").map(TemplateId)).collect()
    }

    pub(super) async fn insert_template(&self, scope: &Scope, new: NewTemplate) -> Result<Template> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant = tx.tenant_named(scope, new.tenant.as_ref()).await?;
        let template = Template::new(self.id(TemplateId::new), tenant.id, new)?;
        tx.refuse_more::<Template>(scope, tenant.id, MOST_TEMPLATES).await?;
        tx.insert(scope, &template).await?;
        tx.commit().await?;
        Ok(template)
    }

    pub(super) async fn update_template(
        &self,
        scope: &Scope,
        id: TemplateId,
        change: TemplateChange,
    ) -> Result<Template> {
        let (mut tx, _) = self.change(scope).await?;
        let mut template: Template = tx.one_to_change(scope, &Key::Id(id.0)).await?;
        template.apply(change)?;
        tx.update(scope, &template).await?;
        tx.commit().await?;
        Ok(template)
    }

    pub(super) async fn write_star(
        &self,
        scope: &Scope,
        user: UserId,
        id: TemplateId,
        starred: bool,
    ) -> Result<Template> {
        let mut tx = self.db.begin().await?;
        let template: Template = tx.one(scope, &Key::Id(id.0)).await?;
        let mut sql = Sql::new("DELETE FROM template_stars WHERE template_id = ");
        sql.bind(id.to_string()).push(" AND user_id = ").bind(user.to_string());
        if starred {
            let row = vec![id.to_string().into(), user.to_string().into()];
            sql = Sql::insert("template_stars", &["template_id", "user_id"], [row]);
            sql.push(" ON CONFLICT DO NOTHING");
        }
        tx.execute(sql).await?;
        tx.commit().await?;
        Ok(Template { starred, ..template })
    }
}

impl Tx {
    async fn tenant_named(&mut self, scope: &Scope, key: Option<&Key>) -> Result<Tenant> {
        let missing = || StoreError::invalid("tenant", "is missing", "name the tenant whose it is");
        self.one(scope, key.ok_or_else(missing)?).await
    }

    /// Refuses a name that another tag of the tenant has, in whatever letters.
    async fn refuse_known(&mut self, scope: &Scope, tag: &Tag) -> Result<()> {
        let mut sql = table::select::<Tag>(scope);
        sql.push(" AND t.tenant_id = ").bind(tag.tenant.to_string());
        sql.push(" AND t.folded = ").bind(folded(&tag.name)).push(" AND t.id <> ").bind(tag.id.to_string());
        match self.query(sql).await?.is_empty() {
            true => Ok(()),
            false => Err(StoreError::conflict(
                format!("there is a tag `{}` already", tag.name),
                "choose another name, or change the tag that has it",
            )),
        }
    }

    async fn refuse_more<N: Noun>(&mut self, scope: &Scope, tenant: TenantId, most: usize) -> Result<()> {
        let mut sql = Sql::new(&format!("SELECT COUNT(*) AS rows FROM {} t WHERE ", N::TABLE));
        scope.condition(&mut sql, N::REACH);
        sql.push(" AND t.tenant_id = ").bind(tenant.to_string());
        let rows = self.query(sql).await?.first().map(|row| row.int("rows")).transpose()?;
        match rows.is_some_and(|rows| rows >= most as i64) {
            false => Ok(()),
            true => Err(StoreError::conflict(
                format!("the tenant has {most} {} already, which is the most", N::TABLE),
                "first remove what is not needed",
            )),
        }
    }
}
