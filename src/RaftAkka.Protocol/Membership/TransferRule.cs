namespace RaftAkka.Protocol;

/// <summary>To whom a leader hands over (dissertation §3.10).</summary>
public static class TransferRule
{
    /// <summary>
    /// The best target: of the other voters, one with the greatest priority, and of those the most up to date; and
    /// of those the first by name. One that lags is caught up before it is told.
    /// </summary>
    /// <param name="configuration">The configuration in effect.</param>
    /// <param name="leader">Who leads.</param>
    /// <param name="matched">Up to where a server's log agrees with the leader's; null if it was not heard of lately.</param>
    /// <returns>The target, or null if there is none that is there.</returns>
    public static ServerId? Best(Configuration configuration, ServerId leader, Func<ServerId, LogIndex?> matched)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(matched);

        return configuration.Members
            .Where(member => member.IsVoter && member.Id != leader)
            .Select(member => (member.Id, member.Priority, Match: matched(member.Id)))
            .Where(target => target.Match is not null)
            .OrderByDescending(target => target.Priority)
            .ThenByDescending(target => target.Match!.Value)
            .Select(target => (ServerId?)target.Id)
            .FirstOrDefault();
    }

    /// <summary>Why a leader cannot hand over to a server, or null if it can.</summary>
    /// <param name="configuration">The configuration in effect.</param>
    /// <param name="leader">Who leads.</param>
    /// <param name="target">The server.</param>
    public static string? Problem(Configuration configuration, ServerId leader, ServerId target)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        if (target == leader) return $"'{target}' leads already";
        if (configuration.Find(target) is null) return $"'{target}' is no member of {configuration}";
        return configuration.IsIncomingVoter(target) ? null : $"'{target}' does not vote, so it cannot lead";
    }
}
