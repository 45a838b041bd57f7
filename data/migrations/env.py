"""How Alembic runs here: on the connection that `data.database.migrate` hands over.

The caller holds the transaction and the lock, so a migration that fails or is killed leaves the
database as it was; SQLite too undoes changes of tables, once it is told to begin a transaction.
"""

from alembic import context

from data.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
