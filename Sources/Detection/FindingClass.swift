/// What kind of thing was found, in the order in which the contract lets one kind name an incident.
package enum FindingClass: String, CaseIterable, Sendable {
    /// A marker that was planted to be found.
    case canary
    /// A private key.
    case privateKey = "secret.private_key"
    /// Another credential.
    case credential = "secret.credential"
    /// Source code as it stands in the index.
    case verbatimCode = "source_code.verbatim"
    /// Source code whose names were changed.
    case renamedCode = "source_code.renamed"
    /// Source code spread over several messages.
    case fragmentedCode = "source_code.fragmented"
    /// A document that bears a marking.
    case markedDocument = "document.marked"
    /// Traffic to a service that policy does not allow.
    case unsanctionedService = "policy.unsanctioned_service"
    /// A large upload that could not be read.
    case bulkUpload = "policy.bulk_upload"
    /// LLM-shaped traffic to a host that no catalogue knows.
    case shadowEndpoint = "policy.shadow_endpoint"
}

extension FindingClass: Comparable {
    /// In the contract's order: the class that names an incident is the least.
    package static func < (lhs: FindingClass, rhs: FindingClass) -> Bool { lhs.order < rhs.order }

    private var order: Int { FindingClass.allCases.firstIndex(of: self) ?? 0 }
}
