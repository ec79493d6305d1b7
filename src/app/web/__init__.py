"""What every route works with: the call, its body, its answers, problems, pages, rates, caller."""
