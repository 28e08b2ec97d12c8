/// A text on one line, without what moves a terminal's cursor, begins a new line of a log or turns the direction of what
/// follows: names come from scripts.
func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.filter { !$0.properties.isBidiControl }.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: " "
        default: scalar
        }
      }))
}

/// A text in which GitHub's runner finds no command. It takes a line that begins with `::name` for one, and `##[name`
/// anywhere in a line.
func inert(_ text: String) -> String {
  var inert = String.UnicodeScalarView()
  var (last, beforeLast): (UnicodeScalar?, UnicodeScalar?)
  for scalar in text.unicodeScalars {
    if scalar == ":" && last == ":" || scalar == "[" && last == "#" && beforeLast == "#" { inert.append(" ") }
    inert.append(scalar)
    (last, beforeLast) = (scalar, last)
  }
  return String(inert)
}
