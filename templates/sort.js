for (const table of document.querySelectorAll("table.sort")) {
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  const order = (a, b) => {
    const numbers = [Number(a), Number(b)];
    if (!numbers.some(Number.isNaN)) return numbers[0] - numbers[1];
    return a < b ? -1 : a > b ? 1 : 0;
  };
  heads.forEach((head, column) => {
    if (head.classList.contains("fixed")) return;
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = head.ariaSort === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.ariaSort = direction > 0 ? "ascending" : "descending";
      const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
      // What has no value stands last in both directions.
      rows.sort(([a], [b]) => (a === "") - (b === "") || direction * order(a, b));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}
