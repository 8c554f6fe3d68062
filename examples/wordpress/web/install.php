<?php
// Waits for the database and, if it holds no site yet, installs one.

const PATIENCE = 60; // seconds

$_SERVER['HTTP_HOST'] = 'localhost';
require '/etc/wordpress/config-default.php';

$db = connect();
// Of several that start together one installs, and the others find the site there.
$db->query("SELECT GET_LOCK('install', " . PATIENCE . ')');
if (is_installed($db)) {
    exit;
}

define('WP_INSTALLING', true);
define('WP_REPAIRING', true); // Tables without content, left by an interrupted start, are no reason to stop.
ini_set('error_log', '/dev/null'); // WordPress complains about each option of a site that is not there yet.
require '/usr/share/wordpress/wp-load.php';
ini_restore('error_log');
require ABSPATH . 'wp-admin/includes/upgrade.php';

// All rows in one transaction: a start that is interrupted leaves no half of a site.
$wpdb->query('SET autocommit = 0');
add_action('populate_options', 'choose_options');
// Nobody knows the password that is drawn here; set-password gives another.
wp_install('Heddle example', 'admin', 'admin@example.org', false);
$wpdb->query('COMMIT');

if (!is_installed($db)) {
    fail('the installation left no site behind');
}
echo "site installed\n";

/** Connects as soon as the database answers. A try takes a second at most: packets may be lost on the way. */
function connect(): mysqli
{
    mysqli_report(MYSQLI_REPORT_OFF);
    $deadline = microtime(true) + PATIENCE;
    do {
        $db = mysqli_init();
        $db->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
        if (@$db->real_connect(DB_HOST, DB_USER, DB_PASSWORD, DB_NAME)) {
            return $db;
        }
        usleep(50_000);
    } while (microtime(true) < $deadline);
    fail('no database at ' . DB_HOST . ': ' . mysqli_connect_error());
}

function is_installed(mysqli $db): bool
{
    $site = $db->query("SELECT 1 FROM wp_options WHERE option_name = 'siteurl'");
    return $site && $site->num_rows > 0;
}

/** Options that are there before WordPress fills in its defaults are kept. */
function choose_options(): void
{
    add_option('permalink_structure', '/%postname%/');
    add_option('show_avatars', 0); // they would be fetched from outside
    $GLOBALS['wp_rewrite']->init();
}

/** Takes the place of WordPress's letter to the administrator. */
function wp_new_blog_notification(): void
{
}

function fail(string $why): never
{
    fwrite(STDERR, "install: $why\n");
    exit(1);
}
