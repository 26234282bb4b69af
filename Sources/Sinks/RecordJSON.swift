package import Detection
package import Incidents
import Payloads
package import Telemetry
import Fingerprints
import Wire

/// Writes records as the contract's JSON objects, in the envelope of Suricata's EVE.
package enum RecordJSON {
    /// An `incident` record: `timestamp` is when it was last seen, the envelope that of its first finding.
    package static func object(_ incident: Incident) -> JSONObject {
        var record = envelope(incident.envelope, event: "incident", at: incident.lastSeen)
        record.set("incident", self.incident(incident))
        return record
    }

    /// An `llm` record.
    package static func object(_ record: LLMRecord) -> JSONObject {
        var object = envelope(record.envelope, event: "llm", at: record.timestamp)
        object.set("llm", llm(record))
        return object
    }

    /// A `stats` record.
    package static func object(_ record: StatsRecord) -> JSONObject {
        var object = JSONObject()
        object.set("event_type", "stats")
        object.set("timestamp", record.timestamp?.eve)
        var stats = stats(record.counters)
        if !record.workers.isEmpty { stats["workers"] = .array(record.workers.map { .object(worker($0)) }) }
        object.set("stats", stats)
        return object
    }

    /// A line of `weir check`: what one text showed.
    package static func check(id: String, finding: Finding) -> JSONObject {
        var object = JSONObject()
        object.set("id", id)
        object["leaks"] = leaks(finding.leaks)
        object["rules"] = rules(finding.rules)
        return object
    }

    /// The line of `weir check --jsonl` for a line that could not be read; the one place where null is written.
    package static func checkError(_ message: String) -> JSONObject {
        var object = JSONObject()
        object.set("error", message)
        object["id"] = .null
        return object
    }

    /// The inside of `incident`.
    static func incident(_ incident: Incident) -> JSONObject {
        var object = JSONObject()
        object.set("uid", incident.uid)
        object.set("state", incident.state.rawValue)
        let classes = incident.classes.map(\.rawValue)
        object.set("class", classes.first)
        object.set("classes", classes)
        object.set("severity", incident.severity.rawValue)
        object.set("score", incident.score)
        object.set("first_seen", incident.firstSeen.eve)
        object.set("last_seen", incident.lastSeen.eve)
        object["requests"] = .count(incident.requests)
        object.set("service", incident.service)
        object.set("sanctioned", incident.isSanctioned)
        var actor = JSONObject()
        actor.set("ip", incident.actor.address.description)
        actor.set("tool", incident.actor.tool)
        actor.set("credential", incident.actor.credential)
        object.set("actor", actor)
        object["leaks"] = leaks(incident.leaks)
        object["rules"] = rules(incident.rules)
        object.set("generation", incident.generation)
        if incident.leaksRefused > 0 { object["leaks_refused"] = .count(incident.leaksRefused) }
        return object
    }

    /// What both kinds of flow records begin with.
    static func envelope(_ envelope: Envelope, event: String, at timestamp: Timestamp) -> JSONObject {
        var object = JSONObject()
        object.set("timestamp", timestamp.eve)
        object.set("event_type", event)
        object["flow_id"] = .count(envelope.flowID)
        switch envelope.origin {
        case .interface(let name): object.set("in_iface", name)
        case .capture(let path): object.set("pcap_filename", path)
        }
        object.set("src_ip", envelope.client.address.description)
        object.set("src_port", envelope.client.port)
        object.set("dest_ip", envelope.server.address.description)
        object.set("dest_port", envelope.server.port)
        object.set("proto", envelope.transport.rawValue)
        if !envelope.vlan.isEmpty { object["vlan"] = .array(envelope.vlan.map { .integer(Int64($0)) }) }
        object.set("app_proto", envelope.appProtocol)
        object.set("community_id", envelope.communityID)
        object.set("tls", envelope.tls.map(tls))
        object.set("http", envelope.http.map(http))
        return object
    }

    private static func tls(_ facts: TLSFacts) -> JSONObject {
        var object = JSONObject()
        object.set("sni", facts.serverName)
        object.set("version", facts.version)
        object.set("ja4", facts.ja4)
        object.set("client_alpns", facts.clientALPNs)
        if facts.hasECH { object.set("ech", true) }
        object.set("server_alpns", facts.serverALPNs)
        return object
    }

    private static func http(_ facts: HTTPFacts) -> JSONObject {
        var object = JSONObject()
        object.set("hostname", facts.hostname)
        object.set("http_port", facts.port)
        object.set("url", facts.url)
        object.set("http_method", facts.method)
        object.set("http_user_agent", facts.userAgent)
        object.set("request_content_type", facts.requestContentType)
        return object
    }

    private static func llm(_ record: LLMRecord) -> JSONObject {
        var object = JSONObject()
        object.set("service", record.service.id)
        object.set("vendor", record.service.vendor)
        object.set("kind", record.service.kind)
        object.set("sanctioned", record.service.isSanctioned)
        object.set("host", record.host)
        object["evidence"] = .strings(record.service.evidence)
        object.set("confidence", record.service.confidence)
        object.set("operation", record.operation)
        object.set("model", record.model)
        object.set("channel", record.service.channel)
        var client = JSONObject()
        client.set("tool", record.client?.tool)
        client.set("version", record.client?.version)
        client.set("ip", record.envelope.forwarded?.description)
        object.set("client", client)
        object.set("visibility", record.visibility.rawValue)
        object.set("request_bytes", record.ledger.requestOctets)
        object.set("inspected_bytes", record.ledger.inspectedOctets)
        object["opaque"] = opaque(record.ledger)
        object.set("limits_reached", record.limitsReached)
        if record.isPartial { object.set("partial", true) }
        return object
    }

    /// Octets that were not inspected, by reason.
    static func opaque(_ ledger: OctetLedger) -> JSONValue {
        .array(
            ledger.opaqueByReason.map { reason, octets in
                var entry = JSONObject()
                entry.set("reason", reason.rawValue)
                entry.set("bytes", octets)
                return .object(entry)
            }
        )
    }

    private static func stats(_ counters: Counters) -> JSONObject {
        var object = JSONObject()
        object["packets"] = .count(counters.packets)
        if counters.received > 0 { object["received"] = .count(counters.received) }
        object["bytes"] = .count(counters.bytes)
        object["flows"] = .count(counters.flows)
        object["llm_requests"] = .count(counters.llmRequests)
        object["incidents"] = .count(counters.incidents)
        object["gaps"] = .count(counters.gaps)
        object["request_bytes"] = .count(counters.requestBytes)
        object["inspected_bytes"] = .count(counters.inspectedBytes)
        if counters.resentBytes > 0 { object["resent_bytes"] = .count(counters.resentBytes) }
        object["drops"] = group(counters.drops)
        object["opaque_bytes"] = group(counters.opaqueBytes)
        object["skipped_bytes"] = group(counters.skippedBytes)
        if !counters.fragments.isEmpty { object["fragments"] = group(counters.fragments) }
        if !counters.tunnels.isEmpty { object["tunnels"] = group(counters.tunnels) }
        object["errors"] = group(counters.errors)
        object["limits"] = group(counters.limits)
        if !counters.ledger.isEmpty {
            var ledger = JSONObject()
            for (name, lines) in counters.ledger.groups { ledger[name] = group(lines) }
            object.set("ledger", ledger)
        }
        if !counters.interfaces.entries.isEmpty { object["interfaces"] = group(counters.interfaces) }
        var keys = JSONObject()
        keys["read"] = .count(counters.keys.read)
        if counters.keys.repeated > 0 { keys["repeated"] = .count(counters.keys.repeated) }
        if counters.keys.replaced > 0 { keys["replaced"] = .count(counters.keys.replaced) }
        keys["used"] = .count(counters.keys.used)
        keys["sessions_without"] = .count(counters.keys.sessionsWithout)
        object.set("keys", keys)
        return object
    }

    private static func worker(_ counters: WorkerCounters) -> JSONObject {
        var object = JSONObject()
        object.set("input", counters.input)
        object.set("queue", counters.queue)
        object["packets"] = .count(counters.packets)
        object["dropped"] = .count(counters.dropped)
        object["flows"] = .count(counters.flows)
        object["one_way_flows"] = .count(counters.oneWayFlows)
        return object
    }

    private static func group(_ group: CounterGroup) -> JSONValue {
        var object = JSONObject()
        for entry in group.entries { object[entry.name] = .count(entry.count) }
        return .object(object)
    }

    private static func leaks(_ leaks: [Leak]) -> JSONValue {
        .array(
            leaks.map { leak in
                var object = JSONObject()
                object.set("collection", leak.collection)
                object.set("owner", leak.owner)
                object.set("classification", leak.classification)
                object.set("path", leak.path)
                object["lines"] = .array(
                    leak.lines.ranges.map { .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))]) }
                )
                object.set("matched_lines", leak.matchedLines)
                object["coverage"] = .number(leak.coverage)
                object.set("kind", leak.isVerbatim ? "verbatim" : "renamed")
                object.set("segment", leak.segment.rawValue)
                object["decode_chain"] = .strings(leak.codings.steps.map(\.rawValue))
                return .object(object)
            }
        )
    }

    private static func rules(_ rules: [RuleHit]) -> JSONValue {
        .array(
            rules.map { rule in
                var object = JSONObject()
                object.set("id", rule.id)
                object.set("severity", rule.severity.rawValue)
                object.set("count", rule.count)
                object.set("segment", rule.segment.rawValue)
                object.set("redacted", rule.redacted)
                return .object(object)
            }
        )
    }
}
