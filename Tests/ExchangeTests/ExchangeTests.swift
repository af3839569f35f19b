import Acts
import EngineAPI
import Exchange
import Testing
import Wire

/// A request's head as a connection would read it.
func head(_ lines: String...) throws -> RequestHead {
    let text = (lines + ["Host: docker"]).joined(separator: "\r\n") + "\r\n\r\n"
    return try RequestHead(parsing: Array(text.utf8).span)
}

/// An engine's head.
func answer(_ lines: String..., to method: Method = .post) throws -> ResponseHead {
    try ResponseHead(parsing: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8).span, to: method)
}

/// Records an issue where a `guard` ends.
func fail(_ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
    Issue.record(Comment(rawValue: what), sourceLocation: sourceLocation)
}

/// A text in bytes.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private let permit = Decision.permit(
    Permit(grant: Location(file: "p", line: 1), tenant: "red", obligations: []))
private let engine = EngineTraits(version: APIVersion(minor: 41))

@Suite struct ExchangeTests {
    // MARK: A request without a body

    @Test func aReadGoesStraightThrough() throws {
        var exchange = Exchange(bodyLimit: 1024)
        guard case .judge(let act) = exchange.received(try head("GET /containers/json?all=1 HTTP/1.1", "X-Own: x"))
        else { return fail("not judged") }
        #expect(act.operation == "ContainerList")
        guard case .send(let outbound) = exchange.decided(permit, for: "alice", on: engine) else {
            return fail("not sent")
        }
        // Every byte is ours: the client's own fields are gone, the version is said.
        #expect(
            text(outbound.bytes)
                == "GET /v1.41/containers/json?all=1 HTTP/1.1\r\nHost: docker\r\nUser-Agent: Quaymaster\r\n\r\n")
        #expect(outbound.isRepeatable && !outbound.streamsBody)
        guard
            case .relay(.asFramed(let head)) = exchange.answered(
                try answer("HTTP/1.1 200 OK", "Content-Length: 2", "X-Secret: 1", "Api-Version: 1.99", to: .get))
        else { return fail("not relayed") }
        #expect(text(head) == "HTTP/1.1 200 OK\r\nApi-Version: 1.55\r\nContent-Length: 2\r\n\r\n")
        guard case .finish(let ending) = exchange.answerEnded() else { return fail("not over") }
        #expect(ending.keepClient && ending.keepEngine && ending.isWhole)
    }

    /// What a grant hides is taken out of answers that would pass as they are, of lists that are narrowed,
    /// and of the engine's words for a failure.
    @Test func whatIsHiddenIsTakenOut() throws {
        func permit(_ obligations: Obligation...) -> Decision {
            .permit(Permit(grant: nil, tenant: "red", obligations: obligations + [.hide(.commands)], isShared: true))
        }
        func exchange(_ target: String) throws -> Exchange {
            var exchange = Exchange(bodyLimit: 1024)
            _ = exchange.received(try head("\(target) HTTP/1.1"))
            return exchange
        }
        let ok = try answer("HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: 9", to: .get)
        var whole = try exchange("GET /networks/x")
        _ = whole.decided(permit(), for: "ops", on: engine)
        guard case .relay(.collect) = whole.answered(ok) else { return fail("passed as it is") }
        let shown = whole.answerCollected(
            Array(#"{"Id":"n","Command":"x"}"#.utf8), seeing: Owners(objects: { _ in "red" }))
        #expect(text(shown ?? []).hasSuffix(#"{"Id":"n","Command":"(hidden)"}"#))

        var list = try exchange("GET /containers/json")
        _ = list.decided(permit(.narrow(tenant: "red")), for: "ops", on: engine)
        guard case .relay(.list) = list.answered(ok) else { return fail("not narrowed") }
        let items = list.listReceived(
            Array(#"[{"Id":"1","Command":"x"}]"#.utf8), isWhole: true,
            seeing: Owners(objects: { _ in "red" }))
        #expect(text(items ?? []) == #"[{"Id":"1","Command":"(hidden)"}]"#)

        // The head of this one is what clients wait for before they start a container.
        var late = try exchange("POST /containers/x/wait")
        _ = late.decided(permit(), for: "ops", on: engine)
        guard case .relay(.list) = late.answered(ok) else { return fail("held back") }
        let start = late.listReceived(Array(#"{"StatusCode":1,"#.utf8), isWhole: false)
        #expect(start == [])
        let end = late.listReceived(Array(#""Error":{"Message":"exec x"}}"#.utf8), isWhole: true)
        #expect(text(end ?? []) == #"{"StatusCode":1,"Error":{"Message":"(hidden)"}}"#)

        var failure = try exchange("POST /containers/x/start")
        _ = failure.decided(permit(), for: "ops", on: engine)
        _ = failure.recorded()
        guard
            case .relay(.collect) = failure.answered(
                try answer("HTTP/1.1 400 Bad", "Content-Type: application/json", "Content-Length: 9"))
        else { return fail("passed as it is") }
        let told = text(failure.answerCollected(Array(#"{"message":"exec: secret: not found"}"#.utf8)) ?? [])
        #expect(!told.contains("secret") && told.contains("hide: commands"))
    }

    @Test func whatChangesStateIsRecordedFirst() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("POST /v1.40/containers/x1/stop?t=3 HTTP/1.1", "Content-Length: 0"))
        guard case .record = exchange.decided(permit, for: "alice", on: engine) else {
            return fail("sent without a record")
        }
        guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
        #expect(text(outbound.bytes).hasPrefix("POST /v1.40/containers/x1/stop?t=3 HTTP/1.1\r\n"))
        #expect(!outbound.isRepeatable)
    }

    @Test(arguments: [
        ("GET /containers/x1/logs?stdout=1", true), ("GET /containers/x1/archive?path=/etc", true),
        ("HEAD /containers/x1/archive?path=/etc", true), ("GET /containers/x1/export", true),
        ("GET /images/x1/get", true), ("GET /containers/x1/json", false), ("GET /containers/x1/top", false),
        ("GET /containers/x1/changes", false), ("GET /images/x1/json", false),
    ])
    func whatCarriesDataOutIsRecordedFirst(asked: String, isRecorded: Bool) throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("\(asked) HTTP/1.1"))
        switch exchange.decided(permit, for: "alice", on: engine) {
        case .record: #expect(isRecorded)
        case .send: #expect(!isRecorded)
        default: fail("neither")
        }
    }

    @Test func withoutARecordNothingIsDone() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("DELETE /containers/x1 HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .answer(let answer, let ending) = exchange.recordFailed("disk full") else {
            return fail("not answered")
        }
        #expect(answer.status == 507 && answer.message.contains("disk full"))
        #expect(ending.keepClient)
    }

    @Test func refusalsAreDockerShaped() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /containers/json HTTP/1.1"))
        let refusal = Refusal(rule: "verb.view", location: nil, reason: .noGrants)
        guard case .answer(let answer, let ending) = exchange.decided(.refuse(refusal), for: "eve", on: nil)
        else { return fail("not refused") }
        #expect(answer.status == 403)
        let bytes = text(answer.bytes(close: false))
        #expect(bytes.hasPrefix("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n"))
        #expect(bytes.contains("\r\n\r\n{\"message\":\"quaymaster: refused: "))
        #expect(ending.keepClient)
    }

    @Test func absenceIsToldInTheEnginesWords() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /containers/web/json HTTP/1.1"))
        let reference = Reference(.container, "web", origin: "path")
        let refusal = Refusal(rule: "tenant.own", location: nil, reason: .absent(reference))
        guard case .answer(let answer, _) = exchange.decided(.refuse(refusal), for: "eve", on: nil)
        else { return fail("not refused") }
        #expect(answer.status == 404 && answer.message == "No such container: web")
    }

    // MARK: Bodies

    /// A body that goes to the engine is refused in words too, until the engine has answered.
    @Test(arguments: [false, true])
    func aBrokenChunkIsAnswered(hasAnswered: Bool) throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(
            try head("POST /images/load HTTP/1.1", "Content-Type: application/x-tar", "Transfer-Encoding: chunked"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .send(let outbound) = exchange.recorded(), outbound.streamsBody else { return fail("not sent") }
        if hasAnswered {
            _ = exchange.answered(try answer("HTTP/1.1 200 OK", "Content-Length: 2", to: .post))
        }
        switch exchange.bodyRefused(.badChunk) {
        case .answer(let answer, let ending) where !hasAnswered:
            #expect(answer.status == 400 && answer.message.contains("a chunk of the body"))
            #expect(!ending.keepClient && !ending.keepEngine)
        case .finish(let ending) where hasAnswered: #expect(!ending.isWhole)
        default: fail("neither answered nor broken off")
        }
    }

    /// Who may not do it whatever the body says makes nobody read one.
    @Test func bodiesOfTheRefusedAreNotRead() throws {
        var exchange = Exchange(bodyLimit: 77)
        let start = try head(
            "POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 40")
        guard case .collectBody = exchange.received(start) else { return fail("not collected") }
        let refusal = Refusal(rule: "verb.run", location: nil, reason: .noGrants)
        guard case .answer(let answer, let ending) = exchange.refused(refusal) else { return fail("not refused") }
        #expect(answer.status == 403 && answer.rule == "verb.run")
        #expect(!ending.keepClient, "what follows is the body")
    }

    /// A page must not stop a container with the user's certificate.
    @Test(arguments: [
        ("Origin: https://evil", false), ("Cookie: a=b", false), ("Sec-Fetch-Site: cross-site", false),
        ("Sec-Fetch-Mode: no-cors", false), ("Sec-Fetch-Dest: image", false), ("User-Agent: Docker-Client/28", true),
        ("Referer: https://docs", true),
    ])
    func browsersAreRefused(field: String, isServed: Bool) throws {
        var exchange = Exchange(bodyLimit: 77)
        let action = exchange.received(try head("POST /containers/x1/stop HTTP/1.1", field))
        if case .judge = action { return #expect(isServed) }
        guard case .answer(let answer, _) = action else { return fail("neither judged nor refused") }
        #expect(!isServed && answer.status == 403 && answer.rule == "wire.browser")
    }

    /// A body behind a refused HEAD would be read as the next answer.
    @Test func refusedHeadsHaveNoBody() throws {
        for target in ["/nothing", "/v1.99/_ping", "/containers/x/json"] {
            var exchange = Exchange(bodyLimit: 77)
            guard case .answer(let answer, _) = exchange.received(try head("HEAD \(target) HTTP/1.1")) else {
                return fail("not refused: \(target)")
            }
            let isHead = exchange.isHead
            #expect(isHead)
            #expect(text(answer.bytes(close: false, isHead: isHead)).hasSuffix("\r\n\r\n"))
        }
    }

    @Test func messagesAreBounded() {
        let answer = Answer(status: 403, message: String(repeating: "x", count: 1 << 20))
        #expect(answer.message.utf8.count < 4200)
    }

    @Test func judgedBodiesAreCollectedAndWrittenAnew() throws {
        var exchange = Exchange(bodyLimit: 77)
        let start = try head(
            "POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 40",
            "Expect: 100-continue")
        guard case .collectBody(77, true) = exchange.received(start) else { return fail("not collected") }
        guard case .judge = exchange.bodyCollected(Array(#"{ "image":"a", "cmd":null }"#.utf8)) else {
            return fail("not judged")
        }
        let stamped = Decision.permit(
            Permit(grant: nil, tenant: "red", obligations: [.stamp(tenant: "red"), .makeVolumes(["v"])]))
        _ = exchange.decided(stamped, for: "alice", on: engine)
        guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
        let body = #"{"Image":"a","Labels":{"quaymaster.tenant":"red","quaymaster.identity":"alice"}}"#
        #expect(text(outbound.bytes).hasSuffix("Content-Length: \(body.utf8.count)\r\n\r\n\(body)"))
        #expect(outbound.volumes == ["v"] && outbound.tenant == "red")
    }

    struct Refused: CustomTestStringConvertible {
        let testDescription: String
        let lines: [String]
        var body: String?
        let status: Int
        let keeps: Bool
    }

    @Test(arguments: [
        Refused(testDescription: "unknown operation", lines: ["GET /debug/vars HTTP/1.1"], status: 403, keeps: true),
        Refused(testDescription: "bad target", lines: ["GET /%5fping HTTP/1.1"], status: 400, keeps: true),
        Refused(
            testDescription: "unread body ends the connection",
            lines: ["POST /grpc HTTP/1.1", "Content-Length: 5"], status: 403, keeps: false),
        Refused(
            testDescription: "content coding",
            lines: ["POST /build HTTP/1.1", "Content-Encoding: gzip", "Transfer-Encoding: chunked"], status: 400,
            keeps: false),
        Refused(
            testDescription: "form body",
            lines: [
                "POST /containers/create HTTP/1.1", "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 3",
            ], status: 400, keeps: false),
        Refused(
            testDescription: "no type", lines: ["POST /containers/create HTTP/1.1", "Content-Length: 3"], status: 400,
            keeps: false),
        Refused(
            testDescription: "upgrade where there is none",
            lines: ["GET /_ping HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c"], status: 400, keeps: true),
        Refused(
            testDescription: "another upgrade",
            lines: ["POST /containers/x/attach HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"], status: 400,
            keeps: true),
        Refused(
            testDescription: "WebSocket of another origin",
            lines: [
                "GET /containers/x/attach/ws HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: a", "Origin: http://evil",
            ], status: 403, keeps: true),
        Refused(
            testDescription: "a body where none belongs",
            lines: ["POST /containers/x/start HTTP/1.1", "Content-Length: 20"], body: #"{"Privileged":true}"#,
            status: 400, keeps: true),
        Refused(
            testDescription: "unknown field",
            lines: ["POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 20"],
            body: #"{"New":1}"#, status: 403, keeps: true),
        Refused(
            testDescription: "no JSON",
            lines: ["POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 20"],
            body: #"{"#, status: 400, keeps: true),
    ])
    func refuses(row: Refused) throws {
        var exchange = Exchange(bodyLimit: 1024)
        let start = (row.lines + ["Host: docker"]).joined(separator: "\r\n") + "\r\n\r\n"
        var action = exchange.received(try RequestHead(parsing: Array(start.utf8).span))
        if let body = row.body { action = exchange.bodyCollected(Array(body.utf8)) }
        guard case .answer(let answer, let ending) = action else { return fail("\(action)") }
        #expect(answer.status == row.status, "\(answer.message)")
        #expect(ending.keepClient == row.keeps)
        #expect(answer.rule != nil)
    }

    @Test func anEmptyValueWhereNoBodyBelongsIsDropped() throws {
        for body in ["", "{}", "null", " {} \n"] {
            var exchange = Exchange(bodyLimit: 1024)
            _ = exchange.received(try head("POST /containers/x/start HTTP/1.1", "Content-Length: 4"))
            guard case .judge = exchange.bodyCollected(Array(body.utf8)) else {
                Issue.record("\(body)")
                continue
            }
        }
    }

    @Test func streamsFollowAndUnreadOnesEndTheConnection() throws {
        var exchange = Exchange(bodyLimit: 1024)
        guard case .judge = exchange.received(try head("POST /build?t=a HTTP/1.1", "Transfer-Encoding: chunked"))
        else { return fail("not judged") }
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
        #expect(outbound.streamsBody)
        #expect(text(outbound.bytes).contains("Content-Type: application/x-tar\r\n"))
        #expect(text(outbound.bytes).hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
        // The engine answers before it has read everything.
        guard
            case .relay(.asFramed(let bytes)) = exchange.answered(
                try answer("HTTP/1.1 400 Bad Request", "Content-Length: 0"))
        else { return fail("not relayed") }
        #expect(text(bytes).contains("Connection: close"))
        guard case .finish(let ending) = exchange.answerEnded() else { return fail("not over") }
        #expect(!ending.keepClient && !ending.keepEngine)
    }

    @Test func credentialsGoOnlyWhereTheEngineConnectsOut() throws {
        for (target, carries) in [("/images/create?fromImage=a", true), ("/containers/x/stop", false)] {
            var exchange = Exchange(bodyLimit: 1024)
            _ = exchange.received(try head("POST \(target) HTTP/1.1", "X-Registry-Auth: e30=", "Content-Length: 0"))
            _ = exchange.decided(permit, for: "alice", on: engine)
            guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
            #expect(text(outbound.bytes).contains("X-Registry-Auth: e30=") == carries)
        }
    }

    // MARK: Hijacks

    private func attached(_ lines: String...) throws -> Exchange {
        var exchange = Exchange(bodyLimit: 1024)
        let start = (lines + ["Host: docker"]).joined(separator: "\r\n") + "\r\n\r\n"
        _ = exchange.received(try RequestHead(parsing: Array(start.utf8).span))
        _ = exchange.decided(permit, for: "alice", on: engine)
        _ = exchange.recorded()
        return exchange
    }

    @Test func theEngineSwitchesNotTheClient() throws {
        var exchange = try attached(
            "POST /containers/x/attach?stream=1 HTTP/1.1", "Connection: Upgrade", "Upgrade: tcp")
        // A refusal of the engine's leaves HTTP running.
        guard case .relay = exchange.answered(try answer("HTTP/1.1 404 Not Found", "Content-Length: 2"))
        else { return fail("switched on the client's wish") }
        exchange = try attached("POST /containers/x/attach?stream=1 HTTP/1.1", "Connection: Upgrade", "Upgrade: tcp")
        guard
            case .switchProtocols(let bytes, false) = exchange.answered(
                try answer(
                    "HTTP/1.1 101 UPGRADED", "Content-Type: application/vnd.docker.raw-stream",
                    "Connection: Upgrade", "Upgrade: tcp"))
        else { return fail("not switched") }
        #expect(
            text(bytes) == "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
                + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
    }

    @Test func aRawStreamWithoutUpgradeIsA200WithoutFraming() throws {
        var exchange = try attached("POST /containers/x/attach?stream=1 HTTP/1.1")
        guard
            case .switchProtocols = exchange.answered(
                try answer("HTTP/1.1 200 OK", "Content-Type: application/vnd.docker.raw-stream"))
        else { return fail("not switched") }
    }

    @Test func whatWasNotJudgedAsAHijackIsNeverSwitched() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /_ping HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .answer(let answer, _) = exchange.answered(try answer("HTTP/1.1 101 UPGRADED", to: .get))
        else { return fail("switched") }
        #expect(answer.status == 502)
        // A detached exec is no hijack either.
        exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(
            try head(
                "POST /exec/0123/start HTTP/1.1", "Content-Type: application/json", "Content-Length: 15",
                "Connection: Upgrade", "Upgrade: tcp"))
        _ = exchange.bodyCollected(Array(#"{"Detach":true}"#.utf8))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
        #expect(!text(outbound.bytes).contains("Upgrade"))
    }

    // MARK: The half-close matrix

    private func switched() throws -> Exchange {
        var exchange = try attached("POST /containers/x/attach?stream=1 HTTP/1.1")
        _ = exchange.answered(try answer("HTTP/1.1 200 OK", "Content-Type: application/vnd.docker.raw-stream"))
        return exchange
    }

    @Test func clientThenEngine() throws {
        var exchange = try switched()
        guard case .endEngineInput = exchange.clientEnded() else { return fail("not half-closed") }
        guard case .wait = exchange.clientEnded() else { return fail("twice") }
        guard case .finish(let ending) = exchange.engineEnded() else { return fail("not over") }
        #expect(ending.isWhole && !ending.keepClient && !ending.keepEngine)
    }

    @Test func engineThenClient() throws {
        var exchange = try switched()
        guard case .endClientInput = exchange.engineEnded() else { return fail("not half-closed") }
        guard case .finish(let ending) = exchange.clientEnded() else { return fail("not over") }
        #expect(ending.isWhole)
    }

    @Test func engineGoneIsTheStreamsEnd() throws {
        var exchange = try switched()
        guard case .finish(let ending) = exchange.engineClosed() else { return fail("not over") }
        #expect(ending.isWhole)
    }

    @Test func clientEndsBeforeTheSwitch() throws {
        var exchange = try attached("POST /containers/x/attach?stream=1 HTTP/1.1")
        guard case .wait = exchange.clientEnded() else { return fail("ended") }
        guard
            case .switchProtocols(_, clientHasEnded: true) = exchange.answered(
                try answer("HTTP/1.1 200 OK", "Content-Type: application/vnd.docker.raw-stream"))
        else { return fail("the end was forgotten") }
        guard case .finish = exchange.engineEnded() else { return fail("not over") }
    }

    @Test func liveAnswersEndWithTheirClient() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /events HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .finish(let ending) = exchange.clientEnded() else { return fail("goes on") }
        #expect(!ending.isWhole)
        // A short answer is still given to a client that has only half-closed.
        exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /version HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .wait = exchange.clientEnded() else { return fail("ended") }
    }

    @Test func anEndInsideABodyIsRefused() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(
            try head("POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 9"))
        guard case .answer(let answer, _) = exchange.clientEnded() else { return fail("not answered") }
        #expect(answer.status == 400)
        exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("POST /build HTTP/1.1", "Content-Length: 9"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        _ = exchange.recorded()
        guard case .finish(let ending) = exchange.clientEnded() else { return fail("goes on") }
        #expect(!ending.isWhole)
    }

    // MARK: Failures

    @Test func anEngineThatFailsIsNamed() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /_ping HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .answer(let answer, _) = exchange.engineFailed("the engine at unix:///x is gone", status: 503)
        else { return fail("not answered") }
        #expect(answer.status == 503 && answer.message.contains("unix:///x"))
        // Once the answer has begun there is nothing to say but to break off.
        exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /_ping HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        _ = exchange.answered(try begunAnswer())
        guard case .finish(let ending) = exchange.engineFailed("gone", status: 502) else {
            return fail("answered twice")
        }
        #expect(!ending.isWhole && !ending.keepClient)
    }

    private func begunAnswer() throws -> ResponseHead {
        try answer("HTTP/1.1 200 OK", "Content-Length: 5", to: .get)
    }

    @Test func answersUntilCloseBecomeChunks() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /version HTTP/1.1"))
        _ = exchange.decided(permit, for: "alice", on: engine)
        guard case .relay(.chunked(let bytes)) = exchange.answered(try answer("HTTP/1.1 200 OK", to: .get)) else {
            return fail("not chunked")
        }
        #expect(text(bytes).contains("Transfer-Encoding: chunked"))
        guard case .finish(let ending) = exchange.answerEnded() else { return fail("not over") }
        #expect(ending.keepClient && !ending.keepEngine)
    }

    @Test func sumsAreNarrowedAsTheyPass() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(try head("GET /system/df HTTP/1.1"))
        let narrowed = Decision.permit(Permit(grant: nil, tenant: "red", obligations: [.narrow(tenant: "red")]))
        _ = exchange.decided(narrowed, for: "alice", on: engine)
        guard case .relay(.list(let head)) = exchange.answered(try answer("HTTP/1.1 200 OK", "Content-Length: 9", to: .get))
        else { return fail("not narrowed") }
        #expect(text(head).hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
        let body =
            #"{"LayersSize":5,"Containers":[{"Id":"1","Labels":{"quaymaster.tenant":"red"}},"#
            + #"{"Id":"2","Labels":{"quaymaster.tenant":"blue"}},{"Id":"3","Labels":null}],"Volumes":null,"Images":[]}"#
        let owners = Owners(objects: { $0.id == "1" ? "red" : nil })
        guard let bytes = exchange.listReceived(Array(body.utf8), isWhole: true, seeing: owners) else {
            return fail("not narrowed")
        }
        #expect(
            text(bytes)
                == #"{"LayersSize":5,"Containers":[{"Id":"1","Labels":{"quaymaster.tenant":"red"}}],"#
                + #""Volumes":[],"Images":[],"BuildCache":[]}"#)
        // What ends before its time is no list.
        #expect(exchange.listReceived([], isWhole: true) != nil)
        #expect(exchange.listReceived(Array("{".utf8), isWhole: true) == nil)
    }

    /// Whose a made object is, is settled before its id is shown.
    @Test func whatIsMadeIsToldFirst() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(
            try head("POST /networks/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 12"))
        _ = exchange.bodyCollected(Array(#"{"Name":"n"}"#.utf8))
        let owned = Decision.permit(
            Permit(grant: nil, tenant: "red", obligations: [.stamp(tenant: "red"), .own(.network, tenant: "red")]))
        var marks = Marks()
        marks.seal = "v1.a.b"
        _ = exchange.decided(owned, for: "alice", on: engine, with: marks)
        guard case .send(let outbound) = exchange.recorded() else { return fail("not sent") }
        #expect(text(outbound.bytes).contains(#""quaymaster.seal":"v1.a.b""#))
        guard case .relay(.collect) = exchange.answered(try answer("HTTP/1.1 201 Created", "Content-Length: 9"))
        else { return fail("not collected") }
        let body = Array(#"{"Id":"n1","Warning":""}"#.utf8)
        #expect(exchange.makingAnswered(body)?.id == "n1" && exchange.makingAnswered(Array("{}".utf8)) == nil)
        #expect(exchange.answerCollected(Array("{}".utf8)) == nil)
        #expect(exchange.answerCollected(body).map(text)?.hasSuffix(#"{"Id":"n1","Warning":""}"#) == true)
    }

    /// A refusal of the engine's tells of nothing that was made.
    @Test func whatIsNotMadeIsPassedOn() throws {
        var exchange = Exchange(bodyLimit: 1024)
        _ = exchange.received(
            try head("POST /networks/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 12"))
        _ = exchange.bodyCollected(Array(#"{"Name":"n"}"#.utf8))
        let owned = Decision.permit(Permit(grant: nil, tenant: "red", obligations: [.own(.network, tenant: "red")]))
        _ = exchange.decided(owned, for: "alice", on: engine)
        _ = exchange.recorded()
        guard case .relay(.asFramed) = exchange.answered(try answer("HTTP/1.1 409 Conflict", "Content-Length: 2"))
        else { return fail("not passed on") }
    }

    @Test func eventsAreShownOneByOne() throws {
        for (obligations, isWhole) in [([], true), ([Obligation.narrow(tenant: "red")], false)] {
            var exchange = Exchange(bodyLimit: 1024)
            _ = exchange.received(try head("GET /events HTTP/1.1"))
            let permit = Decision.permit(Permit(grant: nil, tenant: "red", obligations: obligations))
            _ = exchange.decided(permit, for: "alice", on: engine)
            let action = exchange.answered(
                try answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", to: .get))
            guard case .relay(.events(let head)) = action else { return fail("not relayed") }
            #expect(text(head).contains("Transfer-Encoding: chunked"))
            #expect((exchange.narrowedTo == nil) == isWhole)
        }
    }

    /// Events in any order never trap, and after the end nothing is done any more.
    @Test func anyOrderOfEventsIsSurvived() throws {
        var state: UInt64 = 99
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let heads = [
            try head("GET /events HTTP/1.1"), try head("POST /containers/x/attach HTTP/1.1"),
            try head("POST /build HTTP/1.1", "Content-Length: 5"),
            try head("POST /containers/create HTTP/1.1", "Content-Type: application/json", "Content-Length: 5"),
        ]
        let answers = [
            try answer("HTTP/1.1 200 OK"), try answer("HTTP/1.1 101 UPGRADED"),
            try answer("HTTP/1.1 200 OK", "Content-Type: application/vnd.docker.raw-stream"),
            try answer("HTTP/1.1 100 Continue"),
        ]
        for _ in 0..<5000 {
            var exchange = Exchange(bodyLimit: 64)
            var isOver = false
            for _ in 0..<12 {
                let action: Action
                switch random(13) {
                case 0: action = exchange.received(heads[random(heads.count)])
                case 1: action = exchange.bodyCollected(Array(#"{"Image":"a"}"#.utf8))
                case 2: action = exchange.bodyTooLong()
                case 3: action = exchange.bodyRefused(.badChunk)
                case 4: action = exchange.decided(permit, for: "a", on: engine)
                case 5: action = exchange.recorded()
                case 6: action = exchange.recordFailed("x")
                case 7: action = exchange.engineFailed("x", status: 502)
                case 8: action = exchange.answered(answers[random(answers.count)])
                case 9: action = exchange.answerEnded()
                case 10: action = exchange.clientEnded()
                case 11: action = exchange.engineEnded()
                default: action = exchange.engineClosed()
                }
                if isOver {
                    switch action {
                    case .wait, .answer, .finish: break
                    default: Issue.record("\(action) after the end")
                    }
                }
                if case .finish = action { isOver = true }
                if case .answer = action { isOver = true }
            }
        }
    }
}
