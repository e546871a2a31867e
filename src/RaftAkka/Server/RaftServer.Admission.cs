using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// Admission: which messages of other servers reach a role. A message counts if a member sends it, from the address where
/// that member is and with its disk, and if it can be true. What is dropped leaves a warning, and nothing else.
/// </summary>
internal sealed partial class RaftServer
{
    private readonly TrustedPeers _trusted;
    private TimeSpan _nextAsk = TimeSpan.MinValue;

    private bool IsAdmitted(IPeerMessage message)
    {
        var header = message.Header;
        if (IsRefused && message is not AskConfiguration) return false;

        // Under this server's name only a second process can send that was given the same server id.
        if (header.Cluster != _settings.Cluster || header.Group != _settings.Group || header.Sender == _settings.Server)
        {
            _lines.IgnoresStranger(header, Sender.Path.Address);
            return false;
        }

        if (HasLeft(message)) return false;
        if (!_trusted.Knows(header.Sender, Sender) && !IsLeaderThatLeft(header))
        {
            OnUnknown(header);
            return false;
        }

        if (!IsFromItsDisk(message)) return false;
        if ((MessageRule.Problem(message, Receiver) ?? ProblemOfMembers(message)) is { } problem)
        {
            _lines.IgnoresImpossible(message, Sender.Path.Address, problem);
            return false;
        }

        switch (message)
        {
            case RemovalNotice or DiskRefused: OnRefused(message);             return false;
            case AskConfiguration ask:         OnAskConfiguration(ask);        return false;
            case ConfigurationReply reply:     OnConfigurationReply(reply);    return false;
            default:                                                           return true;
        }
    }

    private ReceiverState Receiver => new(
        _settings.Server, CurrentTerm, _view.Term == CurrentTerm ? _view.Leader : null, _log.Terms, _commitIndex);

    // It has had that committed, and is followed until another server leads.
    private bool IsLeaderThatLeft(MessageHeader header) =>
        header.Term == CurrentTerm && header.Sender == _view.Leader && _trusted.Knew(header.Sender, Sender);

    // This server may have been down while members changed or moved. Others can tell; the sender's own word is nothing.
    private void OnUnknown(MessageHeader header)
    {
        _lines.IgnoresUnknown(header, Sender.Path.Address);
        if (_role.Name == ServerRole.Leader || Now < _nextAsk) return;

        _nextAsk = Now + _settings.ElectionTimeoutMin;
        foreach (var peer in _trusted.All) Tell(peer, new AskConfiguration(Header, _members.LatestIndex));
    }

    // Also of a server that has left: what it knows last may lead the other one on.
    private void OnAskConfiguration(AskConfiguration ask)
    {
        if (_members.LatestIndex <= ask.Index || Members.IsEmpty) return;
        Tell(ask.Header.Sender, new ConfigurationReply(Header, _members.LatestIndex, Members.WithRetiredAtMost(0)));
    }

    private void OnConfigurationReply(ConfigurationReply reply)
    {
        if (reply.Index > _members.LatestIndex && _trusted.Vouch(reply)) _lines.LearnsOfPeers(reply);
    }

    /// <summary>Why the configurations among entries cannot be, given the one that is in effect before them.</summary>
    private string? ProblemOfMembers(IPeerMessage message)
    {
        if (message is not AppendEntries { Entries.IsEmpty: false } append || append.Header.Term < CurrentTerm) return null;
        if (!_log.Terms.Holds(append.Previous)) return null;   // Rejected: the entries before are not known.

        Configuration? before = null;
        var matched = append.Previous.Index;   // This log's entries behind it are replaced, and with them what they say.
        foreach (var entry in append.Entries)
        {
            if (_log.Terms.Holds(entry.Id))
            {
                matched = entry.Index;
                continue;
            }

            if (entry.Kind != EntryKind.Configuration) continue;

            var next = Decode(entry.Index, entry.Payload.Span);
            if (!CanFollow(next, before ?? KnownAt(matched)))
                return $"entry {entry.Id} says that the members are {next}, which leaves out a server that never left";
            before = next;
        }

        return null;
    }

    // What the settings say was never agreed on, so that nothing contradicts it.
    private Configuration? KnownAt(LogIndex index) =>
        _members.At(index) is var (at, configuration) && at > LogIndex.Zero ? configuration : null;

    private static bool CanFollow(Configuration next, Configuration? before) => before is null || next.CanFollow(before);
}
