/* An ATmega328P that runs real firmware, its serial line on a pseudo-terminal.
 *
 *     cc -O2 -o uno_sim uno_sim.c -lsimavr -lutil        (Debian: libsimavr-dev)
 *     uno_sim FIRMWARE.hex [BOOTLOADER.hex]
 *
 * libsimavr is under the GPL, version 3. This is a test program of its own: it is compiled when a test wants
 * it, talks through pipes only, and is never linked into or shipped with Gardenwatch.
 *
 * stdout, one line per event:
 *     port /dev/pts/3          ready
 *     open                     a program opened the port, which resets the chip like DTR does
 *     pin 13 1 1234.567890     the chip drives a pin to another level; CLOCK_MONOTONIC seconds
 * stdin: a line `reset` presses the button; end of file pulls the cable.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>

#define HZ 16000000u
#define SLICE_S 0.001           /* simulated at a stretch; the chip is never more than this ahead of the clock */
#define BEHIND_S 0.05           /* a simulation that lags more, on a busy machine, forgets about the lag */
#define MCUSR 0x54              /* why the chip began anew; a bootloader asks (datasheet, chapter 11.9) */
#define EXTRF 0x02              /* the button, or DTR */
#define PINS 14                 /* D0-D7 on port D, D8-D13 on port B */

static avr_t *avr;
static avr_irq_t *uart_in;
static int master = -1, chip_takes_bytes = 1, levels[PINS];
static uint8_t queue[65536];
static unsigned queue_head, queue_tail;

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* A pin has a level when it is an output: DDRD 0x2a, PORTD 0x2b, DDRB 0x24, PORTB 0x25 (datasheet, chapter 30). */
static void pins_changed(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq; (void)value; (void)param;
    for (int pin = 0; pin < PINS; pin++) {
        int base = pin < 8 ? 0x2a : 0x24, bit = pin % 8;
        int level = avr->data[base] >> bit & avr->data[base + 1] >> bit & 1;
        if (level != levels[pin]) {
            levels[pin] = level;
            printf("pin %d %d %.6f\n", pin, level, now());
        }
    }
}

static void chip_sends(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq; (void)param;
    uint8_t byte = value;
    if (write(master, &byte, 1) != 1)
        return;                 /* nobody reads: lost, as on a real line */
}

static void chip_is_ready(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq; (void)value; (void)param;
    chip_takes_bytes = 1;
}

static void chip_is_full(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq; (void)value; (void)param;
    chip_takes_bytes = 0;
}

static void feed_chip(void)
{
    while (chip_takes_bytes && queue_tail != queue_head) {
        uint8_t byte = queue[queue_tail];
        queue_tail = (queue_tail + 1) % sizeof queue;
        avr_raise_irq(uart_in, byte);
    }
}

static void reset_chip(void)
{
    queue_head = queue_tail = 0;
    chip_takes_bytes = 1;
    avr_reset(avr);
    avr->data[MCUSR] = EXTRF;
    pins_changed(NULL, 0, NULL);
}

static void quiet(avr_t *chip, const int level, const char *format, va_list values)
{
    (void)chip;
    if (level <= LOG_ERROR)
        vfprintf(stderr, format, values);
}

static void no_sleep(avr_t *chip, avr_cycle_count_t cycles) { (void)chip; (void)cycles; }

/* Returns where it begins. simavr 1.6's own reader stops at a record of type 03, which this firmware has. */
static unsigned load(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[600];
    unsigned lowest = avr->flashend;
    if (!file) fail(path);
    while (fgets(line, sizeof line, file)) {
        unsigned length, address, type, byte;
        if (sscanf(line, ":%2x%4x%2x", &length, &address, &type) != 3 || type != 0) continue;
        if (address < lowest) lowest = address;
        for (unsigned i = 0; i < length && sscanf(line + 9 + 2 * i, "%2x", &byte) == 1; i++)
            if (address + i <= avr->flashend) avr->flash[address + i] = byte;
    }
    fclose(file);
    return lowest;
}

static void make_chip(const char *firmware, const char *bootloader)
{
    uint32_t flags = 0;
    avr_global_logger_set(quiet);
    if (!(avr = avr_make_mcu_by_name("atmega328p"))) exit(1);
    avr_init(avr);
    avr->frequency = HZ;
    avr->sleep = no_sleep;
    memset(avr->flash, 0xff, avr->flashend + 1);
    load(firmware);
    if (bootloader) avr->pc = avr->reset_pc = load(bootloader);
    avr->codeend = avr->flashend;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    uint32_t uart = AVR_IOCTL_UART_GETIRQ('0');
    uart_in = avr_io_getirq(avr, uart, UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUTPUT), chip_sends, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XON), chip_is_ready, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XOFF), chip_is_full, NULL);
    for (const char *port = "BD"; *port; port++) {
        uint32_t io = AVR_IOCTL_IOPORT_GETIRQ(*port);
        avr_irq_register_notify(avr_io_getirq(avr, io, IOPORT_IRQ_REG_PORT), pins_changed, NULL);
        avr_irq_register_notify(avr_io_getirq(avr, io, IOPORT_IRQ_DIRECTION_ALL), pins_changed, NULL);
    }
}

/* Returns the inotify descriptor that tells of each opening of the port. */
static int make_port(void)
{
    int slave, opens;
    char name[128];
    struct termios raw;
    if (openpty(&master, &slave, name, NULL, NULL) < 0) fail("openpty");
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    close(slave);
    fcntl(master, F_SETFL, O_NONBLOCK);
    opens = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (opens < 0 || inotify_add_watch(opens, name, IN_OPEN) < 0) fail("inotify");
    printf("port %s\n", name);
    return opens;
}

static void take_host_bytes(void)
{
    struct pollfd host = { master, POLLIN, 0 };
    uint8_t buffer[1024];
    ssize_t got = 0;
    if (poll(&host, 1, 0) > 0 && host.revents & POLLIN)
        got = read(master, buffer, sizeof buffer);
    for (ssize_t i = 0; i < got; i++) {
        queue[queue_head] = buffer[i];
        queue_head = (queue_head + 1) % sizeof queue;
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) { fprintf(stderr, "usage: uno_sim FIRMWARE.hex [BOOTLOADER.hex]\n"); return 2; }
    setvbuf(stdout, NULL, _IOLBF, 0);
    make_chip(argv[1], argv[2]);
    int opens = make_port();
    fcntl(0, F_SETFL, O_NONBLOCK);
    double clock = now();
    for (;;) {
        char command[256], event[4096];
        ssize_t got = read(0, command, sizeof command);
        if (got == 0) return 0;
        if (got > 0) reset_chip();
        if (read(opens, event, sizeof event) > 0) { printf("open\n"); reset_chip(); }
        take_host_bytes();
        avr_cycle_count_t end = avr->cycle + (avr_cycle_count_t)(HZ * SLICE_S);
        for (unsigned step = 0; avr->cycle < end && avr->state != cpu_Crashed; step++) {
            if (step % 256 == 0) feed_chip();
            if (avr_run(avr) == cpu_Crashed) { fprintf(stderr, "the chip crashed at %u\n", avr->pc); return 1; }
        }
        clock += SLICE_S;
        double early = clock - now();
        if (early > 0) nanosleep(&(struct timespec){ 0, (long)(early * 1e9) }, NULL);
        else if (early < -BEHIND_S) clock = now();
    }
}
