namespace RaftAkka.Simulation.Runs;

/// <summary>Shows a person at a terminal how far a run has come, and nothing to anyone else.</summary>
internal sealed class ProgressBar(TextWriter terminal, bool isShown)
{
    private const int Width = 30;

    public static ProgressBar None { get; } = new(TextWriter.Null, isShown: false);

    public void Show(double done, long seeds)
    {
        if (!isShown) return;
        var filled = (int)(Math.Clamp(done, 0, 1) * Width);
        terminal.Write($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {seeds} seeds");
    }

    /// <summary>Leaves the line free for what comes.</summary>
    public void Clear()
    {
        if (isShown) terminal.Write("\r\e[K");
    }
}
