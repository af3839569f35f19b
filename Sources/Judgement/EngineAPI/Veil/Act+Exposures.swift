import Acts
import JSON

/// What no view of an answer can hide: whole configurations, and questions whose answer tells.
extension Act {
    mutating func addExposures(of call: Call) {
        let operation = call.operation
        switch VeilRule.of(operation.name) {
        case .refused?, nil:
            exposures.append(
                Exposure(
                    .all, "\(operation.name), which holds whole configurations,",
                    instead: "inspect shows what this grant may see"))
        case .content?:
            // Log drivers can add environment and labels to each line.
            if call.query.value("details") == "1" {
                exposures.append(
                    Exposure(
                        [.environment, .labels], "the option details of logs",
                        instead: "read the logs without it"))
            }
        case .events?: addAsked(call, isEvents: true)
        case .nothing?, .members?, .lateMembers?, .processes?, .failures?:
            addAsked(call, isEvents: false)
        }
    }

    /// Filters by what is hidden: whether something is found would tell it, letter by letter.
    private mutating func addAsked(_ call: Call, isEvents: Bool) {
        guard let filters = ParameterValue.json(call.query.value("filters"))?.object else { return }
        for filter in filters.members where filter.name.lowercased().contains("label") {
            exposures.append(
                Exposure(.labels, "a filter by \(filter.name)", instead: "filter by name or id"))
        }
        guard isEvents else { return }
        for name in ["event", "status"] {
            let asked = filters[name]?.object?.members ?? []
            guard asked.contains(where: { $0.name.hasPrefix("exec_") && $0.name.contains(":") })
            else { continue }
            exposures.append(
                Exposure(
                    .commands, "a filter by the command line of an exec",
                    instead: "filter by event=exec_create or exec_start"))
        }
    }
}
