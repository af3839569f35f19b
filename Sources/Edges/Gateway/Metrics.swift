import Acts

/// Counters in Prometheus' text format 0.0.4.
enum Metrics {
    /// The text.
    static func text(
        _ counters: Counters, lostLines: Int64, unrecorded: Int64,
        usage: Usage.State = Usage.State(), recordings: (bytes: Int, refused: Int) = (0, 0)
    ) -> String {
        var lines: [String] = []
        func metric(_ name: String, _ type: String, _ help: String, _ samples: [(String, String)]) {
            lines.append("# HELP quaymaster_\(name) \(help)")
            lines.append("# TYPE quaymaster_\(name) \(type)")
            for (labels, value) in samples { lines.append("quaymaster_\(name)\(labels) \(value)") }
        }
        let classes = (1...5).map {
            ("{outcome=\"answered\",class=\"\($0)xx\"}", "\(counters.answered[$0])")
        }
        metric(
            "requests_total", "counter", "Requests by how they ended.",
            classes + [
                ("{outcome=\"refused\",class=\"\"}", "\(counters.refused)"),
                ("{outcome=\"failed\",class=\"\"}", "\(counters.failed)"),
                ("{outcome=\"aborted\",class=\"\"}", "\(counters.aborted)"),
            ])
        metric(
            "connections_total", "counter", "Connections that were accepted.",
            [("", "\(counters.accepted)")])
        metric(
            "connections_rejected_total", "counter",
            "Connections that ended before anybody signed in.", [("", "\(counters.rejected)")])
        metric("connections", "gauge", "Open connections.", [("", "\(counters.open)")])
        metric("requests_active", "gauge", "Requests under way.", [("", "\(counters.active)")])
        metric("streams", "gauge", "Open raw streams.", [("", "\(counters.streams)")])
        metric(
            "bytes_total", "counter", "Payload bytes.",
            [
                ("{direction=\"in\"}", "\(counters.bytesIn)"),
                ("{direction=\"out\"}", "\(counters.bytesOut)"),
            ])
        metric(
            "event_listeners", "gauge", "Clients that listen to the one stream of events.",
            [("", "\(counters.listeners)")])
        metric(
            "container_lists_total", "counter", "Lists of containers by who answered them.",
            [
                ("{from=\"inventory\"}", "\(counters.lists.own)"),
                ("{from=\"engine\"}", "\(counters.lists.engines)"),
            ])
        metric(
            "record_lines_lost_total", "counter", "Lines that the record's disk refused.",
            [("", "\(lostLines)")])
        metric(
            "unrecorded_acts_total", "counter",
            "What the engine tells of and nobody has asked the gateway for.",
            [("", "\(unrecorded)")])
        metric(
            "taken", "gauge", "What clients take up that has a bound for each.",
            Means.allCases.map { ("{means=\"\($0.rawValue)\"}", "\(usage.tally.sum(of: $0))") })
        metric(
            "limited_total", "counter", "Refusals for a bound that was reached.",
            Means.allCases.map { ("{means=\"\($0.rawValue)\"}", "\(usage.refused[$0] ?? 0)") })
        metric(
            "recording_bytes", "gauge", "Bytes of recordings on the disk.",
            [("", "\(recordings.bytes)")])
        metric(
            "recordings_refused_total", "counter",
            "Refusals for a tenant's recordings that have the room that they may.",
            [("", "\(recordings.refused)")])
        metric(
            "request_duration_seconds", "histogram", "Time from a request's head to its end.",
            [])
        lines += histogram(counters)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func histogram(_ counters: Counters) -> [String] {
        let name = "quaymaster_request_duration_seconds"
        var lines: [String] = []
        var sum = 0
        for (bound, count) in zip(Counters.bounds, counters.durations) {
            sum += count
            lines.append("\(name)_bucket{le=\"\(Double(bound) / 1e6)\"} \(sum)")
        }
        sum += counters.durations.last ?? 0
        lines.append("\(name)_bucket{le=\"+Inf\"} \(sum)")
        lines.append("\(name)_sum \(Double(counters.durationSum) / 1e6)")
        lines.append("\(name)_count \(sum)")
        return lines
    }
}
