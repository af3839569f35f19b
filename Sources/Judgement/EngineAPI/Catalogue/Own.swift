import Acts

extension Catalogue {
    /// What clients ask the gateway for that engines do not know: no request of it reaches one.
    package static let own: [Operation] = [
        Operation(
            "ContainerEnter", .post, "/quaymaster/containers/{id}/enter", .container, may: [.enter],
            harm: [.changes, .executes, .discloses],
            query: [Parameter("role", .text, .judge, repeats: true), .text("reason")],
            answer: .hijack, enters: true),
        // Looking at recordings is written down before anything is shown.
        Operation(
            "RecordingList", .get, "/quaymaster/recordings", may: [.review, .recall],
            harm: [.changes, .discloses],
            query: [
                .text("identity"), .text("container"), .text("since"), .text("until"),
                .text("text"),
            ]),
        Operation(
            "RecordingGet", .get, "/quaymaster/recordings/{id}", may: [.review, .recall],
            harm: [.changes, .discloses]),
        Operation("SessionList", .get, "/quaymaster/sessions", may: [.watch, .moderate]),
        Operation(
            "SessionWatch", .post, "/quaymaster/sessions/{id}/watch", may: [.watch],
            harm: [.changes, .discloses], answer: .hijack),
        Operation(
            "SessionModerate", .post, "/quaymaster/sessions/{id}/moderate", may: [.moderate],
            harm: .changes,
            query: [
                Parameter("do", .choice(ShellAsk.Moderation.allCases.map(\.rawValue))),
                .text("reason"),
            ]),
        Operation("ApprovalList", .get, "/quaymaster/approvals", may: [.approve]),
        Operation(
            "ApprovalDecide", .post, "/quaymaster/approvals/{id}", may: [.approve], harm: .changes,
            query: [Parameter("decision", .choice(["approve", "deny"])), .text("reason")]),
    ]
}
