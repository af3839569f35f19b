extension Form {
    /// How the form is written, behind the verb's name: `[-fF] [-n 1-1000] PATH [match TEXT]`.
    package func usage(of verb: String) -> String {
        var parts = [verb] + words
        let needed = flags.filter { needs.contains("-\($0)") }
        if !needed.isEmpty { parts.append("-\(needed)") }
        let free = flags.filter { !needs.contains("-\($0)") }
        let options = (free.isEmpty ? [] : ["[-\(free)]"]) + options.map(usage)
        parts += argumentsFirst ? argumentUsage + options : options + argumentUsage
        parts += filters.map { "[\($0.usage)]" }
        return parts.joined(separator: " ")
    }

    private func usage(_ option: ValueOption) -> String {
        let text = "\(option.names.joined(separator: "|")) \(option.slot.symbol)"
        return needs.contains(option.name) ? text : "[\(text)]"
    }

    private var argumentUsage: [String] {
        var parts: [String] = []
        let places = min(arguments.most, max(arguments.least, arguments.leading.count, 1))
        for place in 0..<places {
            guard let symbol = arguments.slot(at: place)?.symbol else { continue }
            parts.append(place < arguments.least ? symbol : "[\(symbol)]")
        }
        if arguments.most > places, let last = parts.popLast() {
            parts.append(last.hasSuffix("]") ? last.dropLast() + "…]" : last + "…")
        }
        return parts
    }
}

extension Verb {
    /// The verb's forms as they are written.
    package var usage: [String] { forms.map { $0.usage(of: name) } }
}
