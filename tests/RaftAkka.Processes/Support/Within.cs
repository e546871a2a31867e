namespace RaftAkka.Processes.Support;

/// <summary>Waiting with an end.</summary>
internal static class Within
{
    /// <summary>Long enough for a machine that builds and tests other things meanwhile.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until a condition holds, and fails when the time is up.</summary>
    public static async Task<T> Eventually<T>(string what, Func<Task<T>> look, Func<T, bool> holds)
    {
        using var timer = new PeriodicTimer(Look);
        var started = TimeProvider.System.GetTimestamp();
        var seen = await look();
        while (!holds(seen))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"Not within {Deadline.TotalSeconds} s: {what}. Seen last: {seen}");
            await timer.WaitForNextTickAsync();
            seen = await look();
        }
        return seen;
    }

    /// <summary>The same for what can be looked at without waiting.</summary>
    public static Task Eventually(string what, Func<bool> holds) =>
        Eventually(what, () => Task.FromResult(holds()), seen => seen);
}
