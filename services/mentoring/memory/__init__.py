"""What the programme keeps in memory is kept in: values with what changed of them, agendas, indexes, memos."""
