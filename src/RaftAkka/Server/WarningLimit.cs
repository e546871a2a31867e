namespace RaftAkka.Server;

/// <summary>
/// Which warnings about messages of others are written: each once an hour, and a few dozen an hour in all, whatever is sent
/// and under however many names. The memory is bounded as well.
/// </summary>
/// <param name="now">The time.</param>
internal sealed class WarningLimit(Func<TimeSpan> now)
{
    private const int WarningsMax = 60;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private TimeSpan _began = now();

    /// <summary>Whether a warning is to be written now.</summary>
    /// <param name="what">What makes it another warning than the others: whom it concerns, and which fault.</param>
    /// <param name="isLast">Whether it is the last one for a while.</param>
    public bool Allows(string what, out bool isLast)
    {
        if (now() - _began >= Period)
        {
            _began = now();
            _written.Clear();
        }

        var isAllowed = _written.Count < WarningsMax && _written.Add(what);
        isLast = isAllowed && _written.Count == WarningsMax;
        return isAllowed;
    }
}
