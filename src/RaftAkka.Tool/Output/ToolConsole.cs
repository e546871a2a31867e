using System.Text;

namespace RaftAkka.Tool.Output;

/// <summary>
/// The three standard streams. Results go to <see cref="Out"/>, everything else to <see cref="Error"/>; a test
/// puts its own streams here.
/// </summary>
internal sealed class ToolConsole(Stream input, Stream output, Stream error)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public Stream In { get; } = input;

    public Stream OutBytes { get; } = output;

    public TextWriter Out { get; } = new StreamWriter(output, Utf8) { AutoFlush = true, NewLine = "\n" };

    public TextWriter Error { get; } =
        TextWriter.Synchronized(new StreamWriter(error, Utf8) { AutoFlush = true, NewLine = "\n" });

    public bool InIsTerminal { get; init; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether results may be coloured: only for eyes, and never against https://no-color.org.</summary>
    public bool UsesColour { get; init; }

    /// <summary>The streams of this process.</summary>
    public static ToolConsole OfProcess() =>
        new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError())
        {
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            UsesColour = !Console.IsOutputRedirected
                && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
        };

    /// <summary>Writes bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        OutBytes.Write(bytes);
        OutBytes.Flush();
    }
}
